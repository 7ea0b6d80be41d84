//! Ziplists, which servers before Redis 7.0 packed small values in. Only read.

use super::wire::Reader;
use crate::ds::bytes::Bytes;
use crate::ds::listpack::little_endian;

const HEADER: usize = 10;
const END: u8 = 0xff;

/// The elements of a ziplist; `None` where it is none.
pub fn read(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let mut reader = Reader(bytes);
    let size = u32::from_le_bytes(reader.array()?) as usize;
    if size != bytes.len() {
        return None;
    }
    reader.0 = bytes.get(HEADER..)?;
    let mut elements = Vec::new();
    while reader.0 != [END] {
        // The length of the element before; long ones take four bytes more.
        if reader.byte()? == 0xfe {
            reader.take(4)?;
        }
        let first = reader.byte()?;
        let text = match first {
            0..0x40 => Some(usize::from(first)),
            0x40..0x80 => Some(usize::from(first & 0x3f) << 8 | usize::from(reader.byte()?)),
            0x80 => Some(u32::from_be_bytes(reader.array()?) as usize),
            _ => None,
        };
        elements.push(match text {
            Some(length) => Bytes::from_slice(reader.take(length)?),
            None => {
                let number = match first {
                    0xc0 => little_endian(reader.take(2)?),
                    0xd0 => little_endian(reader.take(4)?),
                    0xe0 => little_endian(reader.take(8)?),
                    0xf0 => little_endian(reader.take(3)?),
                    0xfe => little_endian(reader.take(1)?),
                    0xf1..=0xfd => i64::from(first) - 0xf1,
                    _ => return None,
                };
                Bytes::from_vec(number.to_string().into_bytes())
            }
        });
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_of_each_width() {
        let entries: [(&[u8], &str); 5] = [
            (&[0x01, b'a'], "a"),
            (&[0xf6], "5"),
            (&[0xfe, 0x9c], "-100"),
            (&[0xc0, 0x2c, 0x01], "300"),
            (&[0xf0, 0x00, 0x00, 0x80], "-8388608"),
        ];
        let mut bytes = vec![0; HEADER];
        for (entry, _) in entries {
            bytes.push(0); // what the length before is does not matter to a reader from the front
            bytes.extend(entry);
        }
        bytes.push(END);
        let size = bytes.len() as u32;
        bytes.splice(..4, size.to_le_bytes());
        let texts = entries.map(|(_, text)| Bytes::from_slice(text.as_bytes()));
        assert_eq!(read(&bytes), Some(texts.to_vec()));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None);
        }
    }
}
