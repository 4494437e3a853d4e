"""The interval that a buyer reads: it narrows, it is never in the past, and its width is what rides have taught."""

import random

import pytest

from parvis.delivery.eta import (
    DEFAULTS,
    ENOUGH,
    FAR,
    HERE,
    Door,
    Interval,
    Ride,
    bucket_of,
    delay,
    expect,
    misses,
    rounded,
    widths_of,
)

MINUTE = 60


def planned(count, *, service=180, way=300):
    """Doors of a plan, one after the other from 0."""
    doors, clock = [], 0
    for _number in range(count):
        clock += way
        doors.append(Door(clock, clock + service))
        clock += service
    return doors


def ridden(dice, count, noise):
    """A ride whose ways took longer or shorter than planned."""
    doors, late = [], dice.gauss(0, noise)
    left = round(late)
    for door in planned(count):
        late += dice.gauss(0, noise)
        doors.append(Door(door.arrive, door.leave, round(door.leave + late)))
    return Ride(0, left, tuple(doors))


def test_a_delay_is_carried_on():
    doors = planned(4)
    late = [Door(d.arrive, d.leave, d.leave + 7 * MINUTE) for d in doors[:2]] + doors[2:]
    ride = Ride(0, 0, tuple(late))
    now = late[1].ended
    assert delay(ride, now) == 7 * MINUTE
    seen = expect(ride, 3, now, {})
    guess = doors[3].arrive + 7 * MINUTE
    assert seen == Interval(guess - DEFAULTS[3][0], guess + DEFAULTS[3][1], measured=False)


def test_a_bike_that_waits_is_later_by_the_minute():
    ride = Ride(0, 0, tuple(planned(3)))
    first = expect(ride, 2, ride.doors[0].arrive, {})
    later = expect(ride, 2, ride.doors[0].arrive + 20 * MINUTE, {})
    assert later.late - first.late == 20 * MINUTE


def test_it_narrows_as_the_bike_comes_nearer():
    doors = planned(8)
    wide = []
    for done in range(8):
        ride = Ride(0, 0, tuple(Door(d.arrive, d.leave, d.leave) if n < done else d for n, d in enumerate(doors)))
        now = doors[done - 1].leave if done else 0
        seen = expect(ride, 7, now, {})
        wide.append(seen.late - seen.early)
    assert wide == sorted(wide, reverse=True)
    assert wide[-1] < wide[0] / 2


def test_nothing_is_said_of_the_past():
    ride = Ride(0, 0, tuple(planned(1)))
    seen = expect(ride, 0, 3 * 3600, {})
    assert seen.early >= 3 * 3600
    assert seen.late > seen.early


def test_a_bike_that_has_not_left_is_late_with_its_leaving():
    ride = Ride(600, None, tuple(planned(2)))
    assert delay(ride, 300) == 0
    assert delay(ride, 1500) == 900


@pytest.mark.parametrize("noise", [90, 150])
def test_eight_of_ten_bells_ring_inside(noise):
    """Measured on one half of some rides, the widths hold for the other half; noisier rides, wider intervals."""
    dice = random.Random(noise)
    rides = [ridden(dice, 9, noise) for _ in range(600)]
    widths = widths_of(misses(rides[:300]))
    inside, asked = 0, 0
    for ride in rides[300:]:
        for index, door in enumerate(ride.doors):
            for done in range(index + 1):
                known = tuple(Door(d.arrive, d.leave, d.ended if n < done else None) for n, d in enumerate(ride.doors))
                now = known[done - 1].ended if done else ride.left
                seen = expect(Ride(0, ride.left, known), index, now, widths)
                rang = door.ended - (door.leave - door.arrive)
                inside += seen.early <= rang <= seen.late
                asked += 1
                assert seen.measured
    assert inside / asked == pytest.approx(0.8, abs=0.05)


def test_noisier_rides_are_said_with_wider_intervals():
    widths = [widths_of(misses([ridden(random.Random(n), 6, noise) for n in range(40)]))[6] for noise in (30, 90, 180)]
    assert sorted(widths, key=sum) == widths


def test_few_rides_teach_nothing():
    few = misses([ridden(random.Random(1), 3, 60) for _ in range(3)])
    assert max(len(seconds) for seconds in few.values()) < ENOUGH
    assert widths_of(few) == {}


def test_rides_that_never_left_and_doors_that_never_ended_do_not_count():
    assert misses([Ride(0, None, tuple(planned(3)))]) == {}
    assert misses([Ride(0, 0, tuple(planned(3)))]) == {}


@pytest.mark.parametrize(
    ("doors", "left", "bucket"), [(1, True, 1), (2, True, 3), (5, True, 6), (9, True, FAR), (9, False, HERE)]
)
def test_which_width_counts(doors, left, bucket):
    assert bucket_of(doors, left=left) == bucket


def test_rounding_goes_outwards():
    assert rounded(Interval(301, 899, measured=True), 300) == Interval(300, 900, measured=True)
