/** The message that brings a plan. */
import { constants } from 'node:os';
import { describeErrno, TslxcError } from '../../errors';
import { largestFrame } from './messages';
import type { MessageNamed } from './messages';

/**
 * @throws TslxcError SYSTEM_ERROR with the errno E2BIG for a plan that its reader, which holds it whole, would refuse: one with very
 * many devices, or with arguments and environment variables of some millions of bytes.
 */
export function planMessage(bytes: Buffer, domain: string): MessageNamed<'plan'> {
  // The kind of the message counts, too.
  if (bytes.length < largestFrame) return { message: 'plan', bytes };
  const { E2BIG } = constants.errno;
  const text = `what is to be done takes ${bytes.length} bytes with all arguments, environment variables and devices, and may take ${largestFrame - 1}`;
  throw new TslxcError('SYSTEM_ERROR', `${text}: ${describeErrno(E2BIG)}`, {
    errno: E2BIG,
    domain,
    step: 'hand over the plan',
  });
}
