/** A caller that is killed in a network's start; all other points are in test/more/virtual-network/network-crash.test.ts. */
import { expectStartUndone } from './killed-start';

test.each(['network:after-routes'] as const)(
  'a start that is killed %s leaves nothing after the next look',
  expectStartUndone,
);
