/** `-p HOST:CONTAINER`: ports of the host that lead to a container. */
import { parsePublishedPort } from '../../../../../lib/cli/options/values/published-port';

test.each([
  ['8080:80', { protocol: 'tcp', ranges: [{ start: 8080, to: 80 }] }],
  ['53:5353/udp', { protocol: 'udp', ranges: [{ start: 53, to: 5353 }] }],
  [
    '127.0.0.1:8080:80/tcp',
    { protocol: 'tcp', address: '127.0.0.1', ranges: [{ start: 8080, to: 80 }] },
  ],
  ['[FD00::1]:8080:80', { protocol: 'tcp', address: 'fd00::1', ranges: [{ start: 8080, to: 80 }] }],
  ['8000-8009:80-89', { protocol: 'tcp', ranges: [{ start: 8000, end: 8009, to: 80 }] }],
  ['1:65535', { protocol: 'tcp', ranges: [{ start: 1, to: 65535 }] }],
])('%s is %j', (text, forward) => {
  expect(parsePublishedPort(text)).toEqual(forward);
});

test.each([
  ['80', 'it is HOST:CONTAINER'],
  ['', 'it is HOST:CONTAINER'],
  ['web:80', 'it is HOST:CONTAINER'],
  ['8080:80/sctp', 'it is HOST:CONTAINER'],
  ['fd00::1:8080:80', 'it is HOST:CONTAINER'],
  ['300.0.0.1:8080:80', 'there is no such address'],
  ['[fd00:::1]:8080:80', 'there is no such address'],
  ['8000-8009:80', 'its ranges differ in length'],
  ['8009-8000:80-89', 'its ranges differ in length'],
  // As long as each other, and each from its end to its beginning.
  ['8009-8000:89-80', 'its ranges differ in length'],
  ['0:80', 'ports are those from 1 to 65535'],
  ['80:0', 'ports are those from 1 to 65535'],
  ['65536:80', 'ports are those from 1 to 65535'],
  ['1-10:65530-65539', 'ports are those from 1 to 65535'],
])("'%s' publishes no port", (text, why) => {
  expect(() => parsePublishedPort(text)).toThrow(
    `'${text}' for <publish> option publishes no port: ${why}`,
  );
});
