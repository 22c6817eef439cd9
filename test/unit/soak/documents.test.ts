/** Which domains of a storm are linked to which of its networks, and what their names tell. */
import { domainDocument, domainNames, indexOf, isLinked, networkName } from '../../soak/documents';

const population = { domains: 30, networks: 3, busybox: '/busybox' };
const indices = Array.from({ length: population.domains }, (_, index) => index);
const networkIn = (text: string): string | undefined => /source network='(\w+)'/.exec(text)?.[1];

test('a name tells the number of its domain or network, and others tell none', () => {
  expect(indexOf(domainNames(7)[0])).toEqual({ kind: 'domain', index: 7 });
  expect(indexOf(domainNames(29)[1])).toEqual({ kind: 'domain', index: 29 });
  expect(indexOf(networkName(2))).toEqual({ kind: 'network', index: 2 });
  expect(indexOf('web')).toBeUndefined();
});

test('a domain has an interface in a network if it is said to be linked', () => {
  const linked = indices.filter((index) => networkIn(domainDocument(index, 'web', population)));
  expect(linked).toEqual(indices.filter(isLinked));
});

test('each network has several domains', () => {
  const names = indices.map((index) => networkIn(domainDocument(index, 'web', population)));
  for (const network of [0, 1, 2].map(networkName)) {
    expect(names.filter((name) => name === network).length).toBeGreaterThan(2);
  }
});
