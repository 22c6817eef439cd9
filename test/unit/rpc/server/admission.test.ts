/** Which clients the server takes: so many at once, fewer of others than root, and few of those that are strangers. */
import { Admission } from '../../../../lib/rpc/server/admission';

interface Guest {
  isStranger: boolean;
  close: () => void;
}

const known = (): Guest => ({ isStranger: false, close: () => undefined });
const stranger = (): Guest => ({ ...known(), isStranger: true });

test('the last hundred of 5,000 places are for root’s clients', () => {
  const admission = new Admission<Guest>();
  const placesFor = (uid: number): number => {
    const before = admission.count;
    while (admission.hasPlaceFor(uid)) expect(admission.take(known())).toBe(true);
    return admission.count - before;
  };
  expect([placesFor(1000), placesFor(0), placesFor(1000)]).toEqual([4900, 100, 0]);
  const [first, second] = admission.clients;
  admission.leave(first as Guest);
  expect([admission.hasPlaceFor(0), admission.hasPlaceFor(1000)]).toEqual([true, false]);
  admission.leave(second as Guest);
  expect(placesFor(0)).toBe(2);
});

test('of strangers there are twenty at once, however many others there are', () => {
  const admission = new Admission<Guest>();
  const strangers = Array.from({ length: 20 }, stranger);
  for (const one of [...strangers, known()]) expect(admission.take(one)).toBe(true);
  expect(admission.take(stranger())).toBe(false);
  expect([admission.take(known()), admission.count]).toEqual([true, 22]);
});

test('a stranger that is let in, or is gone, leaves its place to another', () => {
  const admission = new Admission<Guest>();
  const strangers = Array.from({ length: 20 }, stranger);
  for (const one of strangers) admission.take(one);
  const [first, second] = strangers as [Guest, Guest];
  first.isStranger = false;
  expect([admission.take(stranger()), admission.take(stranger())]).toEqual([true, false]);
  admission.leave(second);
  expect([admission.take(stranger()), admission.take(stranger())]).toEqual([true, false]);
  // Who was let in is still there.
  expect([admission.count, admission.clients.includes(first)]).toEqual([21, true]);
});

test('twenty at once that are not taken hear why, for five seconds', () => {
  jest.useFakeTimers();
  try {
    const admission = new Admission<Guest>();
    const closed: number[] = [];
    const guests = Array.from({ length: 20 }, (_, at) => ({
      ...known(),
      close: () => void closed.push(at),
    }));
    for (const guest of guests) {
      expect(admission.canTurnAway).toBe(true);
      admission.turnAway(guest);
    }
    expect([admission.canTurnAway, admission.count, admission.clients.length]).toEqual([
      false,
      0,
      20,
    ]);
    admission.leave(guests[0] as Guest);
    expect(admission.canTurnAway).toBe(true);
    jest.advanceTimersByTime(5000);
    expect(closed).toEqual(Array.from({ length: 19 }, (_, at) => at + 1));
  } finally {
    jest.useRealTimers();
  }
});
