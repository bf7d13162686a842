//! The schedules that a check and a hunt are asked for.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::setup::schedule::Schedule;

#[derive(Clone, Debug, Args)]
pub(super) struct ScheduleArguments {
    /// How reader and writer share CPUs, and what makes them wait
    #[arg(
        long = "schedule",
        value_name = "SCHEDULE,…",
        value_delimiter = ',',
        default_value = "auto",
        value_parser = scheduling()
    )]
    schedule_choices: Vec<ScheduleChoice>,
}

impl ScheduleArguments {
    /// The schedules asked for; none: all, by what they find.
    pub(crate) fn schedules(&self) -> Option<Vec<Schedule>> {
        let named = self.schedule_choices.iter().map(|choice| choice.0);
        named.collect()
    }
}

/// A schedule by its name; none for `auto`.
#[derive(Clone, Copy, Debug)]
struct ScheduleChoice(Option<Schedule>);

/// The names of all schedules, and `auto`.
fn scheduling() -> impl TypedValueParser<Value = ScheduleChoice> {
    let auto = PossibleValue::new("auto")
        .help("All that are possible here, most of the time those that find most");
    let named = Schedule::value_variants().iter();
    let named = named.filter_map(Schedule::to_possible_value);
    PossibleValuesParser::new(std::iter::once(auto).chain(named))
        .map(|name| ScheduleChoice(Schedule::from_str(&name, false).ok()))
}
