/** Names that the kernel takes for an interface. */
import { parseLinkName } from '../../../../lib/domain/interface/link-name';
import { refusalOf } from '../element';

const location = { path: 'target/@dev', position: { line: 3, column: 4 } };

test.each(['eth0', 'a', 'vnet1000', '123456789012345', 'br-lan.7', 'a@b', 'ééééééé', '...'])(
  '%p is a name',
  (name) => {
    expect(parseLinkName(name, location)).toBe(name);
  },
);

test.each([
  ['', 'is empty'],
  ['1234567890123456', 'has more than 15 bytes'],
  ['éééééééé', 'has more than 15 bytes'],
  ['.', 'names a folder'],
  ['..', 'names a folder'],
  ['a/b', "has a '/'"],
  ['a:0', "has a ':'"],
  ['a%d', "has a '%'"],
  ['all', 'is reserved by the kernel'],
  ['default', 'is reserved by the kernel'],
  ['a b', 'has a blank'],
  ['à', 'has a blank'],
  ['a\n', 'has a blank'],
])('%p is none', (name, fault) => {
  expect(refusalOf(() => parseLinkName(name, location))).toContain(
    `XML_ERROR at target/@dev 3:4: XML error: '${name}' ${fault}, and can't name a network interface`,
  );
});
