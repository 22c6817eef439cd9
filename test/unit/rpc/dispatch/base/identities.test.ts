/** Domains as clients are told of them: a list says what it has seen, without another look at each. */
import type { Domain } from '../../../../../lib/driver/domain';
import { wireDomain, wireSeen } from '../../../../../lib/rpc/dispatch/base/identities';

const uuid = '11111111-2222-3333-4444-555555555555';
const bytes = Buffer.from('11111111222233334444555555555555', 'hex');

type Identified = Pick<Domain, 'name' | 'uuid' | 'id'>;

/** A handle that tells its id as `look` says. */
function domainOf(look: () => number | undefined): Identified {
  return {
    name: 'web',
    uuid,
    get id() {
      return look();
    },
  };
}

test.each([
  [7, 7],
  [undefined, -1],
])('one whose id was seen as %j has the id %i, without a look', (id, told) => {
  const domain = domainOf(() => {
    throw new Error('it has been looked at');
  });
  expect(wireSeen({ domain, id })).toEqual({ name: 'web', uuid: bytes, id: told });
});

test.each([
  [7, 7],
  [undefined, -1],
])('one whose id is %j now has the id %i', (id, told) => {
  expect(wireDomain(domainOf(() => id))).toEqual({ name: 'web', uuid: bytes, id: told });
});
