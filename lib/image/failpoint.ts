/**
 * Failpoints: where a test can end this process, or make a step fail, in the order of a pull. Without TSLXC_IMAGE_FAILPOINT,
 * which has the form `NAME=ACTION`, each costs one comparison.
 */
import { TslxcError } from '../errors';

export const imageFailpoints = [
  'image:after-lock',
  'image:after-draft',
  'image:after-look',
  'image:after-download',
  'image:after-check',
  'image:after-unpack',
  'image:after-layer',
  'image:after-flush',
  'image:before-record',
  'image:after-record',
  'image:after-clean-up',
] as const;

export type ImageFailpoint = (typeof imageFailpoints)[number];

export function reach(point: ImageFailpoint): void {
  const armed = process.env['TSLXC_IMAGE_FAILPOINT'];
  if (armed === undefined || armed === '') return;
  const [name = '', action = ''] = armed.split('=');
  const isKnown = imageFailpoints.some((known) => known === name);
  if (!isKnown || !['kill', 'fail'].includes(action)) {
    throw new RangeError(`unknown failpoint '${armed}'`);
  }
  if (name !== point) return;
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  throw new TslxcError('OPERATION_FAILED', `failpoint ${point}`, { step: point });
}
