//! The desk's few signs, drawn with one line weight.

use crate::prelude::*;

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Add,
    Answers,
    Back,
    Chats,
    Check,
    Clock,
    Close,
    Copy,
    Figures,
    Info,
    Knowledge,
    Me,
    Picture,
    Policy,
    Search,
    Send,
    Stop,
    Transfer,
    Warning,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Add => "M12 5v14M5 12h14",
            Self::Answers => "M7 4h10a2 2 0 0 1 2 2v14l-3.5-2.2L12 20l-3.5-2.2L5 20V6a2 2 0 0 1 2-2ZM9 9h6M9 12.5h4",
            Self::Back => "M14.5 5.5 8 12l6.5 6.5",
            Self::Chats => {
                "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5Z"
            }
            Self::Check => "m5.5 12.5 4.2 4.2 9-9.4",
            Self::Clock => "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 7.5V12l3 2",
            Self::Close => "m6.5 6.5 11 11M17.5 6.5l-11 11",
            Self::Copy => "M9 8.5h9.5V20H9zM15 8.5V4.5H5.5V16H9",
            Self::Figures => "M5 20V11M12 20V4.5M19 20v-6",
            Self::Info => "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 11v5M12 8v.4",
            Self::Knowledge => {
                "M12 6.5C10 5 7.5 4.5 4.5 4.5v13.500c3 0 5.5.5 7.5 2 2-1.5 4.5-2 7.5-2V4.500c-3 0-5.5.5-7.5 2ZM12 6.500V20"
            }
            Self::Me => {
                "M12 4.500a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.600ZM4.8 20c.8-3.6 3.6-5.4 7.2-5.400s6.4 1.8 7.2 5.4"
            }
            Self::Picture => {
                "M5.500 5h13A1.500 1.500 0 0 1 20 6.500v11a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500v-11A1.500 1.500 0 0 1 5.500 5ZM8.500 8.500v.6M4.500 16.500l4.500-4 3.500 3 3.500-4 4 4"
            }
            Self::Policy => "M12 4v16M7 20h10M5 8l7-2 7 2M5 8l-2.5 6h5ZM19 8l-2.5 6h5Z",
            Self::Search => "M10.8 4.500a6.3 6.3 0 1 1 0 12.6 6.3 6.3 0 0 1 0-12.600ZM15.5 15.5 20 20",
            Self::Send => "M4.5 12 20 4.5 15.5 20l-4-6.500ZM11.5 13.5 20 4.5",
            Self::Stop => "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM7.5 12h9",
            Self::Transfer => "M4.5 8.500h14M15 5l3.500 3.500L15 12M19.5 15.500h-14M9 12l-3.500 3.500L9 19",
            Self::Warning => "M12 4.5 21 19.500H3ZM12 10v4.500M12 16.700v.4",
        }
    }
}

/// Draws a sign; a label beside it or on its button says what it means.
#[component]
pub(crate) fn Glyph(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()/>
        </svg>
    }
}
