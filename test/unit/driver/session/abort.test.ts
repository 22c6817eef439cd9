/** One signal of a caller's for any number of calls: each hears of the abort, and Node.js sees one listener. */
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { abortable, pauseFor } from '../../../../lib/driver/session/abort';
import { onAbort } from '../../../../lib/host/abort-listener';

const never = (): Promise<never> => new Promise(() => undefined);

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

test('two hundred calls with one signal cause no warning, and an abort ends all of them', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  try {
    const controller = new AbortController();
    const calls = Array.from({ length: 200 }, () => abortable(controller.signal, never));
    const pauses = Array.from({ length: 200 }, () => pauseFor(100_000, controller.signal));
    await sleep(10);
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort();
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    await Promise.all(pauses);
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', note);
  }
});

test('nothing is left on a signal once the calls are over', async () => {
  const { signal } = new AbortController();
  await Promise.all([abortable(signal, () => sleep(5)), pauseFor(1, signal)]);
  expect(listenersOf(signal)).toBe(0);
  // And it is listened to again.
  const stop = onAbort(signal, () => undefined);
  expect(listenersOf(signal)).toBe(1);
  stop();
  stop();
  expect(listenersOf(signal)).toBe(0);
});

test('a listener is called once, at once if the signal has fired, and not when it was ended', () => {
  const controller = new AbortController();
  const heard: string[] = [];
  const same = (): void => void heard.push('same');
  onAbort(controller.signal, same);
  onAbort(controller.signal, same);
  const stop = onAbort(controller.signal, () => heard.push('ended'));
  // What a listener ends is not called after it.
  onAbort(controller.signal, () => stopLast());
  const stopLast = onAbort(controller.signal, () => heard.push('last'));
  stop();
  controller.abort();
  expect(heard).toEqual(['same', 'same']);
  onAbort(controller.signal, () => heard.push('late'));
  expect(heard).toEqual(['same', 'same', 'late']);
});
