use proptest::prelude::*;

use super::*;

const START: Millis = 1_700_000_000_000;

fn speed(tenths: u16) -> Speed {
    Speed::of_tenths(tenths).unwrap()
}

#[test]
fn it_runs_with_the_wall_clock_until_it_is_held() {
    let mut clock = Clock::new(START);
    assert_eq!(clock.read(START + 7), START + 7);
    clock.pause();
    assert_eq!(clock.read(START + 5000), START + 7);
    assert_eq!(clock.wall_at(START + 8), None);
    clock.jump_to(START + 1007);
    clock.resume();
    assert_eq!(clock.read(START + 5001), START + 1008);
    assert_eq!(clock.wall_at(START + 1010), Some(START + 5003));
}

#[test]
fn a_slow_clock_loses_nothing_however_often_it_is_read() {
    let mut clock = Clock::new(START);
    clock.set_speed(speed(1));
    for ms in 1..=10_009 {
        clock.read(START + ms);
    }
    assert_eq!(clock.now(), START + 1000);
    assert_eq!(clock.wall_at(START + 1001), Some(START + 10_010));
    assert_eq!(clock.read(START + 10_010), START + 1001);
}

#[test]
fn it_never_goes_back_and_stops_at_the_end_of_time() {
    let mut clock = Clock::new(START);
    clock.read(START + 100);
    assert_eq!(clock.read(START - 50_000), START + 100);
    assert_eq!(clock.read(START - 49_990), START + 110);
    clock.jump_to(START);
    assert_eq!(clock.now(), START + 110);
    clock.jump_to(Millis::MAX);
    assert_eq!(clock.now(), LAST);
    assert_eq!(clock.read(Millis::MAX), LAST);
    assert_eq!(clock.wall_at(LAST + 1), None);
}

#[test]
fn a_speed_is_written_as_it_is_typed() {
    let shown: Vec<_> = Speed::OFFERED.iter().map(Speed::to_string).collect();
    assert_eq!(shown, ["0.1", "1", "10", "100"]);
    assert_eq!(speed(25).to_string(), "2.5");
    assert_eq!((Speed::of_tenths(0), Speed::of_tenths(1001)), (None, None));
}

#[test]
fn what_the_computer_slept_does_not_count() {
    let mut awake = Awake::default();
    assert_eq!(awake.read(START), (START, false));
    assert_eq!(awake.read(START + 60_000), (START + 60_000, false));
    let night = START + 8 * 3_600_000;
    assert_eq!(awake.read(night), (START + 60_000, true));
    assert_eq!(awake.read(night + 5), (START + 60_005, false));
    assert_eq!(awake.read(START), (START - (night - START - 60_000), false));
}

#[derive(Clone, Debug)]
enum Turn {
    Read(u64),
    Pause,
    Resume,
    Speed(u16),
    Jump(u64),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        6 => (0..5000u64).prop_map(Turn::Read),
        1 => Just(Turn::Pause),
        1 => Just(Turn::Resume),
        1 => prop_oneof![Just(1u16), Just(10), Just(100), Just(1000), 1..=1000u16].prop_map(Turn::Speed),
        1 => (0..100_000u64).prop_map(Turn::Jump),
    ];
    proptest::collection::vec(turn, 1..60)
}

proptest! {
    #[test]
    fn reading_it_more_often_changes_nothing(turns in turns(), pieces in 1..9u64) {
        let (mut once, mut often) = (Clock::new(START), Clock::new(START));
        let mut wall = START;
        let mut exact = u128::from(START) * 10;
        for turn in turns {
            let before = once.now();
            match turn {
                Turn::Read(ms) => {
                    for piece in 1..=pieces {
                        often.read(wall + ms * piece / pieces);
                    }
                    wall += ms;
                    once.read(wall);
                    if !once.paused() {
                        exact += u128::from(ms * once.speed().tenths());
                    }
                }
                Turn::Pause => [&mut once, &mut often].into_iter().for_each(Clock::pause),
                Turn::Resume => [&mut once, &mut often].into_iter().for_each(Clock::resume),
                Turn::Speed(tenths) => {
                    for clock in [&mut once, &mut often] {
                        clock.set_speed(speed(tenths));
                    }
                }
                Turn::Jump(ms) => {
                    for clock in [&mut once, &mut often] {
                        clock.jump_to(clock.now() + ms);
                    }
                    exact += u128::from(ms) * 10;
                }
            }
            prop_assert!(once.now() >= before);
            prop_assert_eq!(once.now(), often.now());
            prop_assert_eq!(u128::from(once.now()), exact / 10, "it drifts");
        }
    }

    #[test]
    fn it_says_when_the_wall_clock_will_be_there(turns in turns(), ahead in 1..100_000u64) {
        let mut clock = Clock::new(START);
        let mut wall = START;
        for turn in turns {
            match turn {
                Turn::Read(ms) => {
                    wall += ms;
                    clock.read(wall);
                }
                Turn::Speed(tenths) => clock.set_speed(speed(tenths)),
                Turn::Jump(ms) => clock.jump_to(clock.now() + ms),
                Turn::Pause | Turn::Resume => {}
            }
        }
        let when = clock.now() + ahead;
        let there = clock.wall_at(when).unwrap();
        prop_assert!(clock.clone().read(there - 1) < when);
        prop_assert!(clock.read(there) >= when);
    }
}
