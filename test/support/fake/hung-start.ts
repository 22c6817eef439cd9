/** A start that needs what is on a file system that answers nothing. */
import type { Domain } from 'tslxc';
import { runIn } from '../domain/exec';
import { latitude, timed } from '../time/timed';
import type { Ticking } from '../time/timed';
import type { StuckFolder } from './stuck-folder';

interface HungStart {
  readonly stuck: StuckFolder;
  /** What needs it. */
  readonly hung: Domain;
  /** What does not: it is started, used and destroyed meanwhile. */
  readonly other: Domain;
  /** Milliseconds that the start of `hung` may take. */
  readonly startTimeout: number;
  /** What its error has to match. */
  readonly error: object;
  /** Of the whole test. */
  readonly ticking: Ticking;
}

/** Expects the start to end in time, with that error, and to hold up nothing else of this process. */
export async function expectTimelyEnd(start: HungStart): Promise<void> {
  const { stuck, hung, other, startTimeout, ticking } = start;
  const starting = timed(hung.start().catch((error: unknown) => error));
  await stuck.untilAsked();
  const [, started] = await timed(other.start());
  expect(started).toBeLessThan(latitude);
  expect((await runIn(other, ['echo', 'goes on'])).stdout).toBe('goes on\n');
  const [error, took] = await starting;
  expect(error).toMatchObject(start.error);
  expect(took).toBeGreaterThan(startTimeout - 10);
  expect(took).toBeLessThan(startTimeout + latitude);
  await other.destroy();
  expect(ticking.longest).toBeLessThan(latitude);
  expect((await hung.info()).state).toMatchObject({ state: 'shutoff', reason: 'failed' });
}
