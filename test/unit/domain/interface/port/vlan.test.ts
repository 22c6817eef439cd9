/** Tags of a bridge's port. */
import { formatVlan, parseVlan } from '../../../../../lib/domain/interface/port/vlan';
import { element, printed, refusalOf, refusing } from '../../element';

const parse = (xml: string) => parseVlan(element(xml), refusing());

test.each([
  ["<vlan><tag id='42'/></vlan>", false, "<vlan><tag id='42'/></vlan>"],
  ["<vlan trunk='no'><tag id='42'/></vlan>", false, "<vlan><tag id='42'/></vlan>"],
  ["<vlan trunk='YES'><tag id='42'/></vlan>", true, "<vlan trunk='yes'><tag id='42'/></vlan>"],
  [
    "<vlan><tag id='1'/><tag id='4094' nativeMode='untagged'/></vlan>",
    true,
    "<vlan trunk='yes'><tag id='1'/><tag id='4094' nativeMode='untagged'/></vlan>",
  ],
  [
    "<vlan><tag id='7' nativeMode='tagged'/></vlan>",
    false,
    "<vlan><tag id='7' nativeMode='tagged'/></vlan>",
  ],
])('%s is read, and printed as libvirt does', (xml, trunk, text) => {
  const vlan = parse(xml);
  expect(vlan.trunk).toBe(trunk);
  expect(printed(formatVlan(vlan))).toBe(text);
  expect(parse(text)).toMatchObject({ trunk, tags: vlan.tags });
});

test.each([
  ['<vlan/>', 'missing tag id - each <vlan> must have at least one', 'vlan'],
  ['<vlan><tag/></vlan>', "Missing required attribute 'id' in element 'tag'", 'vlan/tag'],
  [
    "<vlan><tag id='zz'/></vlan>",
    "in element 'tag': 'zz'. Expected non-negative integer value",
    'vlan/tag/@id',
  ],
  [
    "<vlan><tag id='-1'/></vlan>",
    "in element 'tag': '-1'. Expected non-negative integer value",
    'vlan/tag/@id',
  ],
  ["<vlan><tag id='4096'/></vlan>", 'vlan tag id 4096 too large (maximum 4095)', 'vlan/tag/@id'],
  ["<vlan><tag id='4095'/></vlan>", 'vlan tag id 4095 is reserved', 'vlan/tag/@id'],
  ["<vlan><tag id='0'/></vlan>", 'vlan tag id 0 is reserved', 'vlan/tag/@id'],
  [
    "<vlan><tag id='1' nativeMode='zz'/></vlan>",
    "Invalid value for attribute 'nativeMode' in element 'tag': 'zz'",
    'vlan/tag/@nativeMode',
  ],
  [
    "<vlan><tag id='1' nativeMode='tagged'/><tag id='2' nativeMode='tagged'/></vlan>",
    'duplicate native vlan setting',
    'vlan/tag/@nativeMode',
  ],
  [
    "<vlan trunk='zz'><tag id='1'/></vlan>",
    `invalid "trunk='zz'" in <vlan> - must be yes or no`,
    'vlan/@trunk',
  ],
  [
    "<vlan trunk='no'><tag id='1'/><tag id='2'/></vlan>",
    "trunk='yes' is required for more than one vlan tag",
    'vlan/@trunk',
  ],
  [
    "<vlan trunk='no'><tag id='1' nativeMode='tagged'/></vlan>",
    `"trunk='no'" is not allowed with a native vlan id`,
    'vlan/@trunk',
  ],
])('%s is refused', (xml, words, location) => {
  const said = refusalOf(() => parse(xml));
  expect(said).toContain(`at ${location} 1:`);
  expect(said).toContain(words);
});
