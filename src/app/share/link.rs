//! The link that holds a whole session: `#v1.` and base64url of deflated bytes.
//!
//! What is once written so must be read for ever: a change of these bytes is a new version beside this one, and the
//! dictionary is part of the version. The bytes are numbers (LEB128) and texts (length, bytes) in columns, since like things
//! side by side pack best; how much time lies between the steps comes last, bit by bit, since it packs hardly at all.
//!
//! | what | how |
//! |---|---|
//! | sum | two bytes over all that follows, so that a link that was cut or mistyped is seen |
//! | flags | 1: opens as it stands; 2: has seed and start; 4: its clock is held; 8: asks to run |
//! | seed, start | numbers, with flag 2 |
//! | rest, speed | numbers; speed in tenths |
//! | title, note, script | texts |
//! | clients | how many; of each connection, hue and label |
//! | pinned | how many; of each 0, database and key, or 1 to 3 |
//! | steps | how many; of each connection × 4 + kind (0 line, 1 connect, 2 cut, 3 actor); then of each what it says |
//! | times | a byte k, then for each step its milliseconds in exponential Golomb code of order k |

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::NO_PAD};
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::{BYTES_MAX, Client, Deed, Document, Fault, Mode, Step};
use crate::app::kept::Shown;
use crate::session::message::{Bytes, Conn, Speed, Steer};

/// What stands before the bytes.
const VERSION: &str = "v1.";
/// Base64 for addresses; padding and stray bits are forgiven.
pub(in crate::app) const BASE64: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, FORGIVING);
const FORGIVING: GeneralPurposeConfig = NO_PAD
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// What sessions are likely to say: both sides have it before the first byte. Part of version 1, never to be changed.
const DICTIONARY: &[u8] = include_bytes!("v1.dictionary");

/// Whether a fragment is one, of any version.
pub fn is_one(fragment: &str) -> bool {
    let digits = fragment.strip_prefix('v').unwrap_or_default();
    let version = digits.split_once('.').map_or("", |(version, _)| version);
    (1..4).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit())
}

/// A document as a fragment, without the `#`.
pub fn write(document: &Document) -> String {
    let mut bytes = Writer(vec![0; 2]);
    let columns = encode(document, &mut bytes);
    let mut bytes = bytes.0;
    let sum = sum(bytes.get(2..).unwrap_or_default());
    for (byte, of) in bytes.iter_mut().zip(sum) {
        *byte = of;
    }
    let (texts, times) = bytes.split_at(columns);
    format!("{VERSION}{}", BASE64.encode(deflate(texts, times)))
}

/// Reads a fragment.
pub fn read(fragment: &str) -> Result<Document, Fault> {
    let packed = fragment.strip_prefix(VERSION).ok_or(Fault::Later)?;
    let (packed, asked) = packed.split_once('&').unwrap_or((packed, ""));
    // What a mail program puts behind an address, or percent-encodes in it, is no part of it.
    let packed = super::readable::percent(packed);
    let packed =
        packed.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    let mut document = read_packed(&BASE64.decode(packed).map_err(|_| Fault::Cut)?)?;
    document.run |= asked.split('&').any(|asked| asked == "run=1");
    document.checked()
}

/// Reads the bytes of a link.
pub fn read_deflated(packed: &[u8]) -> Result<Document, Fault> {
    read_packed(packed)?.checked()
}

fn read_packed(packed: &[u8]) -> Result<Document, Fault> {
    let bytes = inflate(packed, BYTES_MAX)?;
    let (told, rest) = bytes.split_at_checked(2).ok_or(Fault::Cut)?;
    if told != sum(rest) {
        return Err(Fault::Cut);
    }
    unpacked(rest).ok_or(Fault::Cut)
}

/// Reads what a link unpacks to, behind its sum, whether or not it keeps within its caps.
pub fn unpacked(bytes: &[u8]) -> Option<Document> {
    decode(&mut Reader(bytes))
}

/// Fletcher's sum (RFC 1146) in two bytes.
fn sum(bytes: &[u8]) -> [u8; 2] {
    let (mut low, mut high) = (0u32, 0u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 255;
        high = (high + low) % 255;
    }
    [low as u8, high as u8]
}

/// Deflates two parts, each with codes of its own, behind the dictionary.
pub(in crate::app) fn deflate(texts: &[u8], times: &[u8]) -> Vec<u8> {
    let flags = create_comp_flags_from_zip_params(10, -15, 0);
    let mut compressor = CompressorOxide::new(flags);
    let mut packed = Vec::new();
    let mut put = |part: &[u8], flush, keep: bool| {
        compress_to_output(&mut compressor, part, flush, |bytes| {
            if keep {
                packed.extend_from_slice(bytes);
            }
            true
        });
    };
    // What comes of the dictionary ends at a whole byte, and is left out: the reader has it already.
    put(DICTIONARY, TDEFLFlush::Sync, false);
    put(texts, TDEFLFlush::Sync, true);
    put(times, TDEFLFlush::Finish, true);
    packed
}

/// Undoes that, up to so many bytes.
pub(in crate::app) fn inflate(packed: &[u8], bytes_max: usize) -> Result<Vec<u8>, Fault> {
    let most = DICTIONARY.len() + bytes_max;
    let mut out = DICTIONARY.to_vec();
    let mut inflater = DecompressorOxide::new();
    let (mut read, mut written) = (0, out.len());
    loop {
        out.resize((out.len() * 2).min(most), 0);
        let rest = packed.get(read..).unwrap_or_default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, used, made) = decompress(&mut inflater, rest, &mut out, written, flags);
        (read, written) = (read + used, written + made);
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput if out.len() < most => {}
            TINFLStatus::HasMoreOutput => {
                let cap = bytes_max as u64;
                return Err(Fault::Cap("too many bytes behind its link", cap));
            }
            _ => return Err(Fault::Cut),
        }
    }
    out.truncate(written);
    Ok(out.split_off(DICTIONARY.len()))
}

/// Writes a document; gives where the times begin.
fn encode(document: &Document, out: &mut Writer) -> usize {
    let flag = |on: bool, bit: u64| if on { bit } else { 0 };
    let (held, speed) = document.clock;
    out.number(
        flag(document.mode == Mode::Now, 1)
            | flag(document.begins.is_some(), 2)
            | flag(held, 4)
            | flag(document.run, 8),
    );
    if let Some((seed, start)) = document.begins {
        out.number(seed);
        out.number(start);
    }
    out.number(document.rest);
    out.number(speed.tenths());
    for text in [&document.title, &document.note, &document.script] {
        out.text(text.as_bytes());
    }
    out.number(document.clients.len() as u64);
    for client in &document.clients {
        out.number(client.conn.into());
        out.number(client.colour as u64);
        out.text(client.label.as_bytes());
    }
    out.number(document.pinned.len() as u64);
    for shown in &document.pinned {
        match shown {
            Shown::Key(db, key) => {
                out.number(0);
                out.number(*db as u64);
                out.text(key);
            }
            Shown::PubSub => out.number(1),
            Shown::Script => out.number(2),
            Shown::Profiler => out.number(3),
        }
    }
    out.number(document.steps.len() as u64);
    for step in &document.steps {
        let kind = match step.deed {
            Deed::Line(_) => 0,
            Deed::Connect => 1,
            Deed::Disconnect => 2,
            Deed::Actor(_) => 3,
        };
        out.number(u64::from(step.conn) * 4 + kind);
    }
    for step in &document.steps {
        match &step.deed {
            Deed::Connect | Deed::Disconnect => {}
            // No line holds a line break; it packs better behind the words than a length before them.
            Deed::Line(line) => {
                out.0.extend_from_slice(line.as_bytes());
                out.0.push(b'\n');
            }
            Deed::Actor(steer) => match steer {
                Steer::Start { name, text } => {
                    out.number(0);
                    out.text(name.as_bytes());
                    out.text(text.as_bytes());
                }
                Steer::Pause => out.number(1),
                Steer::Resume => out.number(2),
                Steer::Slow { factor } => {
                    out.number(3);
                    out.number((*factor).into());
                }
                Steer::Crash => out.number(4),
                Steer::Restart => out.number(5),
                Steer::Remove => out.number(6),
            },
        }
    }
    let columns = out.0.len();
    let times: Vec<u64> = document.steps.iter().map(|step| step.after).collect();
    let bits = |order: &u32| {
        times
            .iter()
            .map(|time| golomb_bits(*time, *order))
            .sum::<u64>()
    };
    let order = (0..24).min_by_key(bits).unwrap_or_default();
    out.0.push(order as u8);
    let mut writer = Bits::default();
    for time in times {
        let high = (time >> order) + 1;
        let length = high.ilog2();
        writer.put(0, length);
        writer.put(high, length + 1);
        writer.put(time, order);
    }
    out.0.extend(writer.bytes);
    columns
}

fn golomb_bits(value: u64, order: u32) -> u64 {
    let high = (value >> order) + 1;
    u64::from(2 * high.ilog2() + 1 + order)
}

fn decode(bytes: &mut Reader<'_>) -> Option<Document> {
    let flags = bytes.number()?;
    let begins = match flags & 2 {
        0 => None,
        _ => Some((bytes.number()?, bytes.number()?)),
    };
    let rest = bytes.number()?;
    let speed = Speed::of_tenths(bytes.small()?)?;
    let (title, note, script) = (bytes.text()?, bytes.text()?, bytes.text()?);
    let clients = bytes.many(|bytes| {
        Some(Client {
            conn: bytes.small()?,
            colour: bytes.small()?,
            label: bytes.text()?,
        })
    })?;
    let pinned = bytes.many(|bytes| {
        Some(match bytes.number()? {
            0 => Shown::Key(bytes.small()?, Bytes::from_slice(bytes.slice()?)),
            1 => Shown::PubSub,
            2 => Shown::Script,
            3 => Shown::Profiler,
            _ => return None,
        })
    })?;
    let kinds: Vec<(Conn, u64)> = bytes.many(|bytes| {
        let number = bytes.number()?;
        Some((Conn::try_from(number / 4).ok()?, number % 4))
    })?;
    let deed = |(conn, kind): (Conn, u64)| {
        let deed = match kind {
            0 => Deed::Line(bytes.line()?),
            1 => Deed::Connect,
            2 => Deed::Disconnect,
            _ => Deed::Actor(match bytes.number()? {
                0 => Steer::Start {
                    name: bytes.text()?,
                    text: bytes.text()?,
                },
                1 => Steer::Pause,
                2 => Steer::Resume,
                3 => Steer::Slow {
                    factor: bytes.small()?,
                },
                4 => Steer::Crash,
                5 => Steer::Restart,
                6 => Steer::Remove,
                _ => return None,
            }),
        };
        Some((conn, deed))
    };
    let deeds: Option<Vec<(Conn, Deed)>> = kinds.into_iter().map(deed).collect();
    let order = u32::from(bytes.byte()?);
    let mut bits = BitReader {
        bytes: bytes.0,
        at: 0,
    };
    let step = |(conn, deed): (Conn, Deed)| {
        let after = bits.golomb(order)?;
        Some(Step { after, conn, deed })
    };
    let steps: Option<Vec<Step>> = deeds?.into_iter().map(step).collect();
    Some(Document {
        title,
        note,
        mode: if flags & 1 == 0 {
            Mode::Script
        } else {
            Mode::Now
        },
        begins,
        rest,
        clock: (flags & 4 != 0, speed),
        clients,
        pinned,
        script,
        steps: steps?,
        run: flags & 8 != 0,
    })
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value > 127 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text);
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    fn slice(&mut self) -> Option<&'a [u8]> {
        let length = self.small()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.slice()?.to_vec()).ok()
    }

    fn line(&mut self) -> Option<String> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        String::from_utf8(line.to_vec()).ok()
    }

    /// As many as a number says; each takes a byte at least, so that no number asks for more room than there are bytes.
    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count: usize = self.small()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }
}

/// Bits, the highest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u64, count: u32) {
        for at in (0..count).rev() {
            let bit = (value >> at & 1) as u8;
            match self.bytes.last_mut() {
                Some(byte) if !self.used.is_multiple_of(8) => *byte |= bit << (7 - self.used % 8),
                _ => self.bytes.push(bit << 7),
            }
            self.used += 1;
        }
    }
}

struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl BitReader<'_> {
    fn bit(&mut self) -> Option<u64> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn bits(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | self.bit()?;
        }
        Some(value)
    }

    fn golomb(&mut self, order: u32) -> Option<u64> {
        let mut length = 0;
        while self.bit()? == 0 {
            length += 1;
        }
        if length + order > 60 {
            return None;
        }
        let high = 1 << length | self.bits(length)?;
        let low = self.bits(order)?;
        Some(((high - 1) << order) + low)
    }
}
