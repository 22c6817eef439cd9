/** `<tslxc:stop>`: which signal it names. */
import { parse } from '../../parse-context';

const own = (signal: string): string => `<domain type='lxc'><name>a</name><memory>1</memory>
<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:stop signal='${signal}'/></t:container></metadata>
<os><type>exe</type><init>/bin/sh</init></os></domain>`;

test.each([
  ['SIGTERM', 15],
  ['TERM', 15],
  ['15', 15],
  ['SIGQUIT', 3],
  ['SIGWINCH', 28],
  ['SIGRTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['SIGRTMAX', 64],
  ['RTMAX-1', 63],
])('%s is %d', (word, number) => {
  expect(parse(own(word)).extension.stopSignal).toBe(number);
});

test.each([
  '',
  '0',
  '65',
  '32',
  'SIGNOTHING',
  'SIGRTMIN-1',
  'SIGRTMAX+1',
  'SIGRTMIN+40',
  '-1',
  'term',
])("'%s' is none", (word) => {
  expect(() => parse(own(word))).toThrow('must be a signal such as SIGQUIT');
});
