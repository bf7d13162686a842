//! What the tests and benches of this crate reach into. Nothing is promised
//! about it: it is there with the feature `internals` only, which they turn on.

pub mod algorithms {
    //! From the room `algorithms`.
    pub use crate::algorithms::priorities::PriorityOrder;
    pub use crate::algorithms::random::Random;
}

pub mod events {
    //! From the room `events`.
    pub use crate::events::Observation;
    pub use crate::events::case::{CaseInfo, CaseKey};
    pub use crate::events::event::{Event, EventKind, Seen};
}

pub mod explain {
    //! From the room `explain`.
    pub use crate::explain::{Explanation, Unexplained, case_at, explain, protocol_of};
}

pub mod fuzz {
    //! From the room `fuzz`.
    pub use crate::fuzz::generate::Generator;
    pub use crate::fuzz::ingredients::{Family, MapKind};
    pub use crate::fuzz::sequence::Restore;
}

pub mod linux {
    //! From the room `linux`.
    pub use crate::linux::chunk::{ChunkReader, NoClock, ReadClock, ScanError};
    pub use crate::linux::dwell::DwellTime;
    pub use crate::linux::features::KernelFacts;
    pub use crate::linux::features::rule::{Granularity, Position, Rule};
    pub use crate::linux::file::ProcFile;
    pub use crate::linux::known_holes::{KnownHole, KnownHoles};
    pub use crate::linux::locks::LockEvidence;
    pub use crate::linux::maps_file::MapsFile;
    pub use crate::linux::open_error::OpenError;
    pub use crate::linux::pid_handle::{ExitStatus, MmEnd};
    pub use crate::linux::proc_file_name::ProcFileName;
    pub use crate::linux::process::{mm_is_alive, page_size};
    pub use crate::linux::procmap_query::{Filter, Lookup, QueriedVma, Query};
    pub use crate::linux::reader::Reader;
}

pub mod maps {
    //! From the room `maps`.
    pub use crate::maps::diff::change::AddressSpaceChangeKind;
    pub use crate::maps::diff::compare::Diff;
    pub use crate::maps::excerpt::Excerpt;
    pub use crate::maps::line::{Device, MapsLine, parse_range};
    pub use crate::maps::permissions::Permissions;
    pub use crate::maps::scan_text::{Counts, Lines, ScanText, Window};
}

pub mod model {
    //! From the room `model`.
    pub use crate::model::case::{ModelCase, SITE, cases};
    pub use crate::model::describe::describe_vma;
    pub use crate::model::explore::explore;
    pub use crate::model::interleaving::{Interleaving, Operations, Sight, Sighting};
    pub use crate::model::judge::{FindingKind, HoleCause, ModelViolation};
    pub use crate::model::machine::{ModelState, ModelStep, ProtocolModel};
    pub use crate::model::protocol_options::{Guard, Guards};
    pub use crate::model::protocols::{ALL_CURES, PROTOCOLS, Protocol};
    pub use crate::model::reader::{Found, Point, Pointer, VmaIterator};
    pub use crate::model::trace::{Trace, TraceStep};
    pub use crate::model::verdict::{Finding, ProtocolVerdict};
    pub use crate::model::verdict_table::VerdictTable;
}

pub mod modifier {
    //! From the room `modifier`.
    pub use crate::modifier::child_process::error::{ChildError, Death};
    pub use crate::modifier::error::ModifierError;
    pub use crate::modifier::handle::Modifier;
    pub use crate::modifier::options::{ModifierOptions, Pace};
    pub use crate::modifier::timed_writer::error::TimedWriterError;
    pub use crate::modifier::timed_writer::mailbox::Timed;
    pub use crate::modifier::timed_writer::{TimedWriter, TimedWriterOptions};
}

pub mod oracle {
    //! From the room `oracle`.
    pub use crate::oracle::changed_by::ChangedBy;
    pub use crate::oracle::evidence::Cause;
    pub use crate::oracle::missing::MissingCounts;
    pub use crate::oracle::pairs::PairTable;
    pub use crate::oracle::query_judge::QueryJudge;
    pub use crate::oracle::site::{MovedVma, OperationInfo, SiteClock, SiteStates};
    pub use crate::oracle::states::{States, StatesError};
    pub use crate::oracle::tally::Tally;
    pub use crate::oracle::text_judge::TextJudge;
    pub use crate::oracle::unknown_judge::UnknownJudge;
    pub use crate::oracle::verdict::{TearKind, Verdict, Violation, ViolationKind};
}

pub mod process {
    //! From the room `process`.
    pub use crate::process::attached::{AttachError, AttachedTarget};
    pub use crate::process::command_output::CommandOutput;
    pub use crate::process::spawned::SpawnedCommand;
    pub use crate::process::target_state::{TargetState, TargetWatch};
}

pub mod recording {
    //! From the room `recording`.
    pub use crate::recording::damage::RecordError;
    pub use crate::recording::file::RecordingFile;
    pub use crate::recording::header::{Header, RecordedSubject};
    pub use crate::recording::open::Recording;
    pub use crate::recording::pass::Answered;
    pub use crate::recording::raw::Raw;
    pub use crate::recording::read_scans::ScanReader;
    pub use crate::recording::record::Record;
    pub use crate::recording::recorder::{Recorder, RecorderThread};
    pub use crate::recording::ring::Keep;
    pub use crate::recording::stream::{StreamError, StreamInfo};
    pub use crate::sampling::recorded::RecordedScans;
}

pub mod replay {
    //! From the room `replay`.
    pub use crate::replay::judging::Judging;
    pub use crate::replay::player::Player;
    pub use crate::replay::scans::stream_info;
    pub use crate::replay::step::TimeStep;
}

pub mod report {
    //! From the room `report`.
    pub use crate::report::Reporter;
    pub use crate::report::export::{ExportFormat, export};
    pub use crate::report::ktap::Ktap;
    pub use crate::report::watch::{WatchJson, totals_line, watch_event_line};
}

pub mod sampling {
    //! From the room `sampling`.
    pub use crate::sampling::describe::FindContext;
    pub use crate::sampling::finds::{Found, FoundKind};
    pub use crate::sampling::follow::{Follower, WatchEvent};
    pub use crate::sampling::options::{Dwell, Rate, SamplerError, SamplerOptions, Watched};
    pub use crate::sampling::sampler::Sampler;
    pub use crate::sampling::scanned_calls::CallsSeen;
    pub use crate::sampling::{ScanWanted, TakenScan};
}

pub mod scenario {
    //! From the room `scenario`.
    pub use crate::scenario::arena::Site;
    pub use crate::scenario::call::{Call, Origin};
    pub use crate::scenario::catalogue::{find, scenarios};
    pub use crate::scenario::definition::Scenario;
    pub use crate::scenario::page_layout::{Page, PageLayout};
    pub use crate::scenario::protection::Protection;
    pub use crate::scenario::scenario_file::parse_scenarios;
    pub use crate::scenario::special_call::SpecialCall;
}

pub mod session {
    //! From the room `session`.
    pub use crate::session::by_hand::ManualCommand;
    pub use crate::session::explorer::change_log::{ChangeLog, ChangeRates};
    pub use crate::session::picture::{Context, Picture};
    pub use crate::session::snapshot::Snapshot;
    pub use crate::session::{Session, SessionCommand, Subject, ToWatch, Update};
    pub use crate::stepping::step::ManualStep;
}

pub mod setup {
    //! From the room `setup`.
    pub use crate::setup::case_setup::CaseSetup;
    pub use crate::setup::cpus::keep_apart;
    pub use crate::setup::error::SetupError;
    pub use crate::setup::modifier_setup::ModifierSetup;
    pub use crate::setup::placement::Placement;
    pub use crate::setup::prepared_scenario::PreparedScenario;
    pub use crate::setup::read_range::ReadRange;
    pub use crate::setup::text_file::open;
}

pub mod tui {
    //! From the room `tui`.
    pub use crate::tui::app::{App, step_of};
    pub use crate::tui::frame::render;
    pub use crate::tui::message::Message;
    pub use crate::tui::space::cursor::Cursor;
    pub use crate::tui::theme::{Depth, Theme};
    pub use crate::tui::time::TimeBar;
    pub use crate::tui::view::View;
}
