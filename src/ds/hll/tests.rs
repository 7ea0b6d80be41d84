use super::*;
use proptest::prelude::*;

/// The reference's `hll-sparse-max-bytes`, where nobody changed it.
const SPARSE_MAX: usize = 3000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// CRC-32 as zlib has it, to hold a long value against the one the real server gave.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc))
    })
}

/// A value as PFADD leaves it: a new one's estimate is out of date.
fn with(elements: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut value = new();
    invalidate(&mut value);
    for element in elements {
        add(&mut value, element.as_ref(), SPARSE_MAX).unwrap();
    }
    value
}

#[test]
fn elements_fall_in_the_reference_registers() {
    for (element, register, rank) in [
        (&b""[..], 5938, 2),
        (b"a", 12711, 2),
        (b"foo", 7348, 5),
        (b"12345678", 10579, 3),
        (b"hello world, hello", 6368, 1),
        (b"\x85\xc6\x33\x27\xee\xeb\x95\xa5", 77, 32),
        (b"\xcc\xe0\x4e\xb2\x80\x67\x0a\x6e", 77, 33),
        (b"\xa3\x9d\x90\x31\xfe\x45\x52\xb7", 77, 51),
    ] {
        assert_eq!(hash_parts(element), (register, rank), "{element:?}");
    }
}

#[test]
fn small_values_are_the_reference_bytes() {
    let mut value = with(["a", "b", "c"]);
    assert_eq!(hex(&with([""; 0])), "48594c4c0100000000000000000000807fff");
    assert_eq!(
        hex(&value),
        "48594c4c01000000000000000000008060f38050b1844bfb80425a"
    );
    assert_eq!(
        count(&mut value),
        Ok(Count {
            estimate: 3,
            refreshed: true
        })
    );
    assert_eq!(
        hex(&value),
        "48594c4c01000000030000000000000060f38050b1844bfb80425a"
    );
    assert_eq!(
        count(&mut value),
        Ok(Count {
            estimate: 3,
            refreshed: false
        })
    );
    assert_eq!(add(&mut value, b"a", SPARSE_MAX), Ok(false));
    assert_eq!(cached(&value), Some(3));
    assert_eq!(add(&mut value, b"d", SPARSE_MAX), Ok(true));
    assert_eq!(cached(&value), None);
    assert_eq!(
        hex(&value),
        "48594c4c0100000003000000000000805c7b8044768050b1844bfb80425a"
    );
    let runs: Vec<_> = ops(&value)
        .unwrap()
        .map(|op| (op.rank(), op.run()))
        .collect();
    assert_eq!(
        runs,
        [
            (0, 7292),
            (1, 1),
            (0, 1143),
            (1, 1),
            (0, 4274),
            (2, 1),
            (0, 3068),
            (1, 1),
            (0, 603)
        ]
    );
}

#[test]
fn large_values_are_the_reference_bytes() {
    for (n, estimate, len, crc) in [
        (1, 1, 21, 0x9105_07bf),
        (10, 10, 48, 0x1bf4_9c13),
        (100, 100, 283, 0x3804_f3ae),
        (1000, 990, 1882, 0x07c6_11f2),
        (10_000, 9951, 12_304, 0x9bce_47f5),
        (100_000, 100_479, 12_304, 0xf621_b56d),
    ] {
        let mut value = with((0..n).map(|i| format!("visitor:{i}")));
        assert_eq!(count(&mut value).map(|c| c.estimate), Ok(estimate), "{n}");
        assert_eq!((value.len(), crc32(&value)), (len, crc), "{n}");
    }
}

#[test]
fn a_value_turns_dense_where_the_reference_does() {
    let mut value = with((0..1648).map(|i| i.to_string()));
    assert_eq!(
        (encoding(&value), value.len()),
        (Ok(Encoding::Sparse), SPARSE_MAX)
    );
    add(&mut value, b"1648", SPARSE_MAX).unwrap();
    assert_eq!(
        (encoding(&value), value.len()),
        (Ok(Encoding::Dense), 12_304)
    );
    assert_eq!(
        encoding(&with([b"\x85\xc6\x33\x27\xee\xeb\x95\xa5"])),
        Ok(Encoding::Sparse),
        "rank 32"
    );
    assert_eq!(
        encoding(&with([b"\xcc\xe0\x4e\xb2\x80\x67\x0a\x6e"])),
        Ok(Encoding::Dense),
        "rank 33"
    );
}

#[test]
fn other_strings_are_refused() {
    let mut dense = with([b"\xcc\xe0\x4e\xb2\x80\x67\x0a\x6e"]);
    dense.pop();
    for bad in [
        &b""[..],
        b"HYLL",
        b"HYLL\x02\0\0\0\0\0\0\0\0\0\0\0\x7f\xff",
        b"hyll\x01\0\0\0\0\0\0\0\0\0\0\0\x7f\xff",
        &dense,
    ] {
        assert_eq!(encoding(bad), Err(HllError::NotHll));
        assert_eq!(
            add(&mut bad.to_vec(), b"x", SPARSE_MAX),
            Err(HllError::NotHll)
        );
    }
    // Too few registers, too many, none.
    for body in [&b"\x7f\xfe"[..], b"\x7f\xff\x00", b""] {
        let mut bad = [b"HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80", body].concat();
        assert_eq!(encoding(&bad), Ok(Encoding::Sparse));
        assert_eq!(count(&mut bad), Err(HllError::Corrupt));
        assert_eq!(
            merge(&mut new(), [&bad[..]], SPARSE_MAX),
            Err(HllError::Corrupt)
        );
    }
}

#[test]
fn registers_no_hash_can_fill_give_the_reference_answer() {
    let mut value = [&b"HYLL\0\0\0\0\0\0\0\0\0\0\0\x80"[..], &[0xff; 12_288]].concat();
    assert_eq!(count(&mut value).map(|c| c.estimate as i64), Ok(i64::MIN));
}

/// The definition: each register holds the greatest rank it was offered.
fn model(offers: &[(usize, u8)]) -> Vec<u8> {
    let mut registers = vec![0; REGISTERS];
    for &(register, rank) in offers {
        registers[register] = registers[register].max(rank);
    }
    registers
}

/// Offers close together, so that runs are split and joined, with ranks that mostly fit the sparse encoding.
fn offers() -> impl Strategy<Value = Vec<(usize, u8)>> {
    let register = prop_oneof![3 => 1000..1040usize, 1 => 0..REGISTERS, 1 => Just(0), 1 => Just(REGISTERS - 1)];
    let rank = prop_oneof![20 => 1..4u8, 5 => 1..=32u8, 1 => 1..=51u8];
    prop::collection::vec((register, rank), 0..200)
}

fn offered(offers: &[(usize, u8)]) -> Vec<u8> {
    let mut value = new();
    for &(register, rank) in offers {
        let before = super::register(&value, register).unwrap();
        assert_eq!(
            raise(&mut value, register, rank, SPARSE_MAX),
            Ok(rank > before)
        );
    }
    value
}

proptest! {
    #[test]
    fn a_register_holds_the_greatest_rank_offered(offers in offers()) {
        let value = offered(&offers);
        let expect = model(&offers);
        prop_assert_eq!(&registers(&value).unwrap(), &expect);
        let mut counts = [0; 64];
        expect.iter().for_each(|&rank| counts[usize::from(rank)] += 1);
        prop_assert_eq!(histogram(&value).unwrap(), counts);
    }

    #[test]
    fn sparse_and_dense_say_the_same(offers in offers()) {
        let sparse = offered(&offers);
        let mut dense = with([b"\xcc\xe0\x4e\xb2\x80\x67\x0a\x6e"]);
        dense::store(&mut dense[HEADER..], &[0; REGISTERS]);
        for &(register, rank) in &offers {
            raise(&mut dense, register, rank, SPARSE_MAX).unwrap();
        }
        prop_assert_eq!(registers(&sparse).unwrap(), registers(&dense).unwrap());
        prop_assert_eq!(estimate(&sparse).unwrap(), estimate(&dense).unwrap());
        if encoding(&sparse) == Ok(Encoding::Sparse) {
            prop_assert_eq!(sparse::to_dense(&sparse).unwrap()[HEADER..].to_vec(), dense[HEADER..].to_vec());
        }
    }

    #[test]
    fn a_merge_is_the_union(a in offers(), b in offers()) {
        let (mut dest, source) = (offered(&a), offered(&b));
        let counted = count_many([&dest[..], &source]).unwrap();
        merge(&mut dest, [&source[..]], SPARSE_MAX).unwrap();
        prop_assert_eq!(registers(&dest).unwrap(), model(&[a, b].concat()));
        prop_assert_eq!(count(&mut dest), Ok(Count { estimate: counted, refreshed: true }));
    }

    #[test]
    fn any_bytes_are_fine(body in prop::collection::vec(any::<u8>(), 0..60), encoding in 0..3u8, offers in offers()) {
        let mut value = [b"HYLL", &[encoding][..], &[0; 10], &[0x80], &body].concat();
        let _ = (count(&mut value.clone()), registers(&value), merge(&mut new(), [&value[..]], SPARSE_MAX));
        for (register, rank) in offers {
            let _ = raise(&mut value, register, rank, SPARSE_MAX);
        }
    }
}

#[test]
fn the_estimate_stays_within_its_error() {
    // Standard error 1.04/sqrt(16384) = 0.81 %; the hash is fixed, so this is no gamble.
    let mut value = new();
    for n in 1..=200_000u32 {
        add(&mut value, &n.to_le_bytes(), SPARSE_MAX).unwrap();
        if n % 20_000 == 0 {
            let off = estimate(&value).unwrap() as f64 / f64::from(n) - 1.0;
            assert!(off.abs() < 0.0244, "{n}: {off}");
        }
    }
}
