/** Rates of an interface or a network. */
import { formatBandwidth, parseBandwidth } from '../../../../lib/domain/interface/bandwidth';
import { element, printed, refusalOf, refusing } from '../element';

const parse = (xml: string, where: 'on a network' | 'elsewhere' = 'on a network') =>
  parseBandwidth(element(xml), where, refusing());

test('both directions are read, and printed in the order of libvirt', () => {
  const xml =
    "<bandwidth><outbound burst='7' average='1'/><inbound burst='4' floor='3' peak='2' average='1'/></bandwidth>";
  const bandwidth = {
    inbound: { average: 1, peak: 2, floor: 3, burst: 4 },
    outbound: { average: 1, burst: 7 },
    position: { line: 1, column: 1 },
  };
  expect(parse(xml)).toEqual(bandwidth);
  expect(printed(formatBandwidth(bandwidth))).toBe(
    "<bandwidth><inbound average='1' peak='2' floor='3' burst='4'/><outbound average='1' burst='7'/></bandwidth>",
  );
});

test('a floor stands alone', () => {
  expect(parse("<bandwidth><inbound floor='5'/></bandwidth>")?.inbound).toEqual({ floor: 5 });
});

test('without an average, a peak and a burst limit nothing', () => {
  const xml = "<bandwidth><inbound average='0' peak='2' floor='5' burst='4'/></bandwidth>";
  expect(parse(xml)?.inbound).toEqual({ floor: 5 });
});

test.each([
  '<bandwidth/>',
  "<bandwidth><inbound average='0'/></bandwidth>",
  "<bandwidth><inbound average='0' peak='9' burst='9'/><outbound floor='0'/></bandwidth>",
])('%s limits nothing', (xml) => {
  expect(parse(xml)).toBeUndefined();
});

test('zero is none', () => {
  const xml = "<bandwidth><inbound average='9' peak='0' burst='0' floor='0'/></bandwidth>";
  expect(parse(xml, 'elsewhere')?.inbound).toEqual({ average: 9 });
});

test.each([
  ['<inbound/>', 'Missing mandatory average or floor attributes', 'inbound'],
  ["<inbound peak='1'/>", 'Missing mandatory average or floor attributes', 'inbound'],
  ["<inbound floor='1' burst='1'/>", "'peak' and 'burst' require 'average' attribute", 'inbound'],
  ["<inbound average='zz'/>", "'zz'. Expected non-negative integer value", 'inbound/@average'],
  ["<inbound average='-1'/>", "'-1'. Expected non-negative integer value", 'inbound/@average'],
  [
    "<outbound average='1' peak='1.5'/>",
    "'1.5'. Expected non-negative integer value",
    'outbound/@peak',
  ],
  [
    "<outbound average='1' burst=''/>",
    "''. Expected non-negative integer value",
    'outbound/@burst',
  ],
  [
    "<inbound average='1' burst='4194304'/>",
    "'burst' in element 'inbound': '4194304'. Expected a value up to 4194303",
    'inbound/@burst',
  ],
  [
    "<inbound average='1099511627777'/>",
    "'1099511627777'. Expected a value up to 1099511627776",
    'inbound/@average',
  ],
  [
    "<outbound average='1' floor='2'/>",
    'floor attribute is not supported for this config',
    'outbound/@floor',
  ],
  [
    "<inbound average='1'/><inbound average='1'/>",
    'element <inbound> appears more than once',
    'inbound',
  ],
  ["<inbound average='1' ceil='1'/>", "unknown attribute 'ceil' of <inbound>", 'inbound/@ceil'],
  ['<sideways/>', 'unknown element <sideways>', 'sideways'],
])('%s is refused', (content, words, location) => {
  const said = refusalOf(() => parse(`<bandwidth>${content}</bandwidth>`));
  expect(said).toContain(`at bandwidth/${location} 1:`);
  expect(said).toContain(words);
});

test('only a network has a share that can be guaranteed', () => {
  const xml = "<bandwidth><inbound average='1' floor='1'/></bandwidth>";
  expect(parse(xml, 'on a network')).toBeDefined();
  expect(() => parse(xml, 'elsewhere')).toThrow(
    'unsupported configuration: floor attribute is not supported for this config (bandwidth/inbound/@floor, line 1, column 12)',
  );
});
