//! What several views draw with.
//!
//! * [`bar`]: a horizontal bar;
//! * [`border`]: boxes with a title;
//! * [`found_event`]: a tear or a violation, and all that is known of it;
//! * [`page_layout`]: the page layout of a site, in each state and as it is read;
//! * [`scenario_layout`]: the states of a scenario, and the calls between them;
//! * [`selection`]: the row of a list that is selected;
//! * [`split`]: an area in two parts;
//! * [`state_text`]: what is said of states and violations;
//! * [`text`]: text in just so many columns;
//! * [`time_axis`]: the axis of time below a chart;
//! * [`timelines`]: reader and writer side by side, a row a step.

pub(crate) mod bar;
pub(crate) mod border;
pub(crate) mod found_event;
pub(crate) mod page_layout;
pub(crate) mod scenario_layout;
pub(crate) mod selection;
pub(crate) mod split;
pub(crate) mod state_text;
pub(crate) mod text;
pub(crate) mod time_axis;
pub(crate) mod timelines;
