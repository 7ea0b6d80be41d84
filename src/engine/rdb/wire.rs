//! Lengths and strings.

use crate::ds::listpack;

/// Puts values into a payload.
#[derive(Debug)]
pub struct Writer {
    pub bytes: Vec<u8>,
    /// Long strings are compressed.
    pub compress: bool,
}

/// The two top bits of a first byte that is no length: an integer or a compressed string follows.
const ENCODED: u8 = 0xc0;
const INT8: u8 = 0;
const INT16: u8 = 1;
const INT32: u8 = 2;
const LZF: u8 = 3;

/// The longest text of an integer that is worth a look.
const INTEGER_MOST: usize = 11;
/// Shorter strings are not compressed.
const COMPRESS_FROM: usize = 21;
/// So many bytes have to be saved.
const WORTH: usize = 4;
/// A compressed byte stands for no more than so many.
const LZF_MOST: usize = 264;

impl Writer {
    pub fn length(&mut self, length: u64) {
        match length {
            n @ 0..64 => self.bytes.push(n as u8),
            n @ 64..16_384 => self.bytes.extend([0x40 | (n >> 8) as u8, n as u8]),
            n => match u32::try_from(n) {
                Ok(n) => {
                    self.bytes.push(0x80);
                    self.bytes.extend(n.to_be_bytes());
                }
                Err(_) => {
                    self.bytes.push(0x81);
                    self.bytes.extend(n.to_be_bytes());
                }
            },
        }
    }

    pub fn string(&mut self, text: &[u8]) {
        let number = (text.len() <= INTEGER_MOST)
            .then(|| listpack::integer(text))
            .flatten()
            .and_then(|number| i32::try_from(number).ok());
        if let Some(number) = number {
            let (encoding, width) = match number {
                -128..=127 => (INT8, 1),
                -32_768..=32_767 => (INT16, 2),
                _ => (INT32, 4),
            };
            self.bytes.push(ENCODED | encoding);
            self.bytes
                .extend(number.to_le_bytes().into_iter().take(width));
            return;
        }
        if self.compress
            && text.len() >= COMPRESS_FROM
            && let Ok(short) = lzf::compress(text)
            && short.len() + WORTH <= text.len()
        {
            self.bytes.push(ENCODED | LZF);
            self.length(short.len() as u64);
            self.length(text.len() as u64);
            self.bytes.extend(short);
            return;
        }
        self.length(text.len() as u64);
        self.bytes.extend_from_slice(text);
    }

    /// A moment in milliseconds.
    pub fn millis(&mut self, millis: i64) {
        self.bytes.extend(millis.to_le_bytes());
    }
}

/// Takes values out of a payload, from the front; `None` where it ends too early or makes no sense.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

enum Length {
    Plain(u64),
    Encoded(u8),
}

impl<'a> Reader<'a> {
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn any_length(&mut self) -> Option<Length> {
        let first = self.byte()?;
        Some(Length::Plain(match first {
            0..0x40 => u64::from(first),
            0x40..0x80 => u64::from(first & 0x3f) << 8 | u64::from(self.byte()?),
            0x80 => u64::from(u32::from_be_bytes(self.array()?)),
            0x81 => u64::from_be_bytes(self.array()?),
            0xc0.. => return Some(Length::Encoded(first & 0x3f)),
            _ => return None,
        }))
    }

    pub fn length(&mut self) -> Option<u64> {
        match self.any_length()? {
            Length::Plain(length) => Some(length),
            Length::Encoded(_) => None,
        }
    }

    /// A length as a size in memory. What follows need not be there: nothing is to be set aside for it.
    pub fn size(&mut self) -> Option<usize> {
        usize::try_from(self.length()?).ok()
    }

    pub fn string(&mut self) -> Option<Vec<u8>> {
        let width = match self.any_length()? {
            Length::Plain(length) => {
                return Some(self.take(usize::try_from(length).ok()?)?.to_vec());
            }
            Length::Encoded(LZF) => {
                let (short, long) = (self.size()?, self.size()?);
                let bytes = self.take(short)?;
                if long > short.saturating_mul(LZF_MOST) {
                    return None;
                }
                let text = lzf::decompress(bytes, long).ok()?;
                return (text.len() == long).then_some(text);
            }
            Length::Encoded(INT8) => 1,
            Length::Encoded(INT16) => 2,
            Length::Encoded(INT32) => 4,
            Length::Encoded(_) => return None,
        };
        let number = listpack::little_endian(self.take(width)?);
        Some(number.to_string().into_bytes())
    }

    /// A moment in milliseconds.
    pub fn millis(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn double(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }
}
