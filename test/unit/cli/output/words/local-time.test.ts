/** Times as virsh prints them. */
import { localTime, localTimeWithZone } from '../../../../../lib/cli/output/words/local-time';

const milliseconds = 1_700_000_000_000;

test('a time has the zone that this process has', () => {
  const text = localTimeWithZone(milliseconds);
  expect(text).toMatch(/^2023-11-1[45] \d\d:\d\d:20 [+-]\d{4}$/);
  const [date = '', clock = '', zone = ''] = text.split(' ');
  expect(Date.parse(`${date}T${clock}${zone.slice(0, 3)}:${zone.slice(3)}`)).toBe(milliseconds);
});

test('without the zone it is the same time', () => {
  const [date = '', clock = ''] = localTimeWithZone(milliseconds).split(' ');
  expect(localTime(milliseconds)).toBe(`${date} ${clock}`);
});
