use crate::command::testing::check;

#[test]
fn a_monitor_sees_every_command() {
    check(
        r#"
        M> MONITOR
        OK
        A> SET k "a\x00b"
        OK
        M<
        1700000000.000000 [0 client:0] "SET" "k" "a\x00b"
        "#,
    );
}
