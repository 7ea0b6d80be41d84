//! What draws the page. Knows the browser; holds no state that `app` could hold.

pub mod actors;
pub mod client;
pub mod clock;
pub mod console;
pub mod embed;
pub mod help;
pub mod kept;
pub mod lesson;
pub mod offline;
pub mod page;
pub mod panels;
pub mod script;
pub mod share;
pub mod storage;
pub mod store;
pub mod timeline;
pub mod widgets;
pub mod wire;
pub mod worker;
