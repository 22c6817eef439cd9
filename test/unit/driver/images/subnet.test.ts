/** lib/driver/images/subnet.ts: which addresses of a network's subnet a container of an image may have. */
import { hostRange, interfaceId } from '../../../../lib/driver/images/subnet';

test('addresses of a subnet', () => {
  expect(hostRange({ address: '192.168.150.1', prefix: 24 })).toEqual({
    start: '192.168.150.1',
    end: '192.168.150.254',
  });
  expect(hostRange({ address: '10.0.0.1', prefix: 31 })).toEqual({
    start: '10.0.0.0',
    end: '10.0.0.1',
  });
  expect(interfaceId({ address: 'fd00:77::1', prefix: 64 }, '52:54:00:12:34:56')).toBe(
    'fd00:77::5054:ff:fe12:3456/64',
  );
  expect(interfaceId({ address: 'fd00:77::1', prefix: 48 }, '00:00:00:00:00:01')).toBe(
    'fd00:77::200:ff:fe00:1/48',
  );
});
