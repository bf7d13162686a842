//! What is counted by kind and label of violations, as lists of those that were seen.

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::verdict::ViolationKind;
use crate::linux::known_holes::KnownHoles;

/// By kind, and by label.
type Table<T> = [[T; KnownHoles::SETS]; ViolationKind::NAMES.len()];

#[derive(serde::Serialize, serde::Deserialize)]
struct Named<K, T> {
    kind: K,
    label: Option<K>,
    #[serde(flatten)]
    value: T,
}

fn write<T: Copy, N: Serialize, S: Serializer>(
    table: &Table<T>,
    value: impl Fn(T) -> Option<N>,
    out: S,
) -> Result<S::Ok, S::Error> {
    let rows = ViolationKind::NAMES.into_iter().zip(table);
    let all = rows.flat_map(|(kind, row)| {
        let cells = KnownHoles::sets().zip(row);
        cells.map(move |(known, cell)| (kind, known.label(), *cell))
    });
    out.collect_seq(all.filter_map(|(kind, label, cell)| {
        let value = value(cell)?;
        Some(Named { kind, label, value })
    }))
}

fn read<'de, T, N, D>(value: impl Fn(N) -> T, from: D) -> Result<Table<T>, D::Error>
where
    T: Copy + Default,
    N: DeserializeOwned,
    D: Deserializer<'de>,
{
    let mut table = Table::default();
    for named in Vec::<Named<String, N>>::deserialize(from)? {
        let kind = ViolationKind::NAMES
            .iter()
            .position(|it| **it == named.kind);
        let known = KnownHoles::sets().find(|set| set.label() == named.label.as_deref());
        let Some((kind, known)) = kind.zip(known) else {
            let unknown = format!("the violation {} {:?}", named.kind, named.label);
            return Err(de::Error::invalid_value(
                de::Unexpected::Other(&unknown),
                &"one that this version knows",
            ));
        };
        table[kind][known.index()] = value(named.value);
    }
    Ok(table)
}

/// Kind, label and count; for `#[serde(with)]`.
pub(super) mod counts {
    use super::{Deserializer, Serializer, Table, read, write};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Count {
        count: u64,
    }

    pub(in crate::oracle) fn serialize<S: Serializer>(
        table: &Table<u64>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        write(table, |count| (count > 0).then_some(Count { count }), out)
    }

    pub(in crate::oracle) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Table<u64>, D::Error> {
        read(|Count { count }| count, from)
    }
}

/// Kind, label and [`Run`](super::runs::Run); for `#[serde(with)]`.
pub(super) mod runs {
    use super::{Deserializer, Serializer, Table, read, write};
    use crate::oracle::runs::Run;

    pub(in crate::oracle) fn serialize<S: Serializer>(
        table: &Table<Run>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        write(table, |run: Run| (run.scans > 0).then_some(run), out)
    }

    pub(in crate::oracle) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Table<Run>, D::Error> {
        read(|run: Run| run, from)
    }
}
