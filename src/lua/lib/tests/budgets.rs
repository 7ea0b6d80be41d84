use super::*;

/// What a call gives that may use so much.
fn limited(
    steps: u64,
    memory: u64,
    name: (&str, &str),
    args: &[&[u8]],
) -> Result<Vec<Value>, Error> {
    let mut state = opened();
    let function = in_library(&mut state, name.0, name.1);
    let args: Vec<Value> = args.iter().map(|arg| string(&mut state, arg)).collect();
    state.limit(Limits { steps, memory });
    run(&mut state, function, &args)
}

#[test]
fn budgets_end_what_takes_too_long() {
    const ALL: u64 = u64::MAX;
    let steps = Err(Error::Budget(Budget::Steps));
    let memory = Err(Error::Budget(Budget::Memory));
    let a = [b'a'; 1000];
    let greedy = [b"a*".repeat(20), b"b".to_vec()].concat();
    let lazy = [b".-".repeat(20), b"b".to_vec()].concat();
    let optional = [b"a?".repeat(25), b"a".repeat(1001)].concat();
    let set = [b"[^".as_slice(), &[b'b'; 10_000], b"]*c"].concat();
    for pattern in [&greedy, &lazy, &optional, &set] {
        let args: [&[u8]; 3] = [&a, pattern, b""];
        assert_eq!(
            limited(1_000_000, ALL, ("string", "find"), &args[..2]),
            steps
        );
        assert_eq!(limited(1_000_000, ALL, ("string", "gsub"), &args), steps);
    }
    let rep = ("string", "rep");
    assert_eq!(limited(ALL, 1 << 20, rep, &[b"x", b"2147483647"]), memory);
    assert_eq!(limited(1000, 1 << 20, rep, &[b"x", b"100000"]), steps);
    assert!(limited(ALL, 1 << 20, rep, &[b"x", b"100000"]).is_ok());
    assert_eq!(
        limited(ALL, 1 << 16, ("string", "gsub"), &[&a, b"a", &a]),
        memory
    );
    assert_eq!(
        limited(ALL, 1000, ("string", "format"), &[b"%s", &[b'x'; 2000]]),
        memory
    );
    assert_eq!(
        limited(ALL, 1000, ("string", "upper"), &[&[b'x'; 2000]]),
        memory
    );
    let needle = [a.as_slice(), b"b"].concat();
    let hay = a.repeat(1000);
    assert_eq!(
        limited(100_000, ALL, ("string", "find"), &[&hay, &needle]),
        steps
    );
}

#[test]
fn budgets_end_long_lists() {
    let mut state = opened();
    let table = list(&mut state, &[Value::Number(1.0); 1000]);
    let insert = in_library(&mut state, "table", "insert");
    let concat = in_library(&mut state, "table", "concat");
    let separator = string(&mut state, &[b'x'; 100]);
    state.limit(Limits {
        steps: 500,
        memory: 1 << 16,
    });
    let args = [table, Value::Number(1.0), Value::Number(2.0)];
    let steps = Err(Error::Budget(Budget::Steps));
    assert_eq!(run(&mut state, insert, &args), steps);
    assert_eq!(show(&state, table).len(), 2001);
    state.limit(Limits {
        steps: 50_000,
        memory: 1 << 16,
    });
    let memory = Err(Error::Budget(Budget::Memory));
    assert_eq!(run(&mut state, concat, &[table, separator]), memory);
    let lowest = Value::Number(f64::from(i32::MIN));
    assert_eq!(run(&mut state, insert, &[table, lowest, lowest]), steps);
}
