//! The line parser.
