/** The call that a client for machines opens with, as the gateway gives it to the daemon. */
import { connectProcedures } from '../../../lib/rpc/protocol/connect';
import {
  lengthSize,
  messageStatuses,
  messageTypes,
  programs,
} from '../../../lib/rpc/protocol/numbers';
import type { Header } from '../../../lib/rpc/protocol/values';
import { decodeFrame, encodeMessage } from '../../../lib/rpc/server/message';
import { withOtherUri } from '../../support/clients/uri-gateway';

const { number: procedure, arguments: takes } = connectProcedures.ConnectOpen;
const { number: program, version } = programs.remote;
const header: Header = {
  ...{ program, version, procedure, type: messageTypes.call },
  ...{ serial: 3, status: messageStatuses.ok },
};

function opening(name: string): Buffer {
  return encodeMessage(header, (writer) => takes.write(writer, { name, flags: 1 }));
}

test('it asks for containers in the place of machines, and for all else that it asks for', () => {
  const sent = withOtherUri(opening('qemu:///system'));
  expect(sent).toEqual(opening('lxc:///'));
  const { header: read, body } = decodeFrame(sent.subarray(lengthSize));
  expect([read, takes.read(body)]).toEqual([header, { name: 'lxc:///', flags: 1 }]);
});

test('another call is as it was, and one that did not come alone is refused', () => {
  expect(withOtherUri(opening('test:///default'))).toEqual(opening('test:///default'));
  const both = Buffer.concat([opening('qemu:///system'), opening('qemu:///system')]);
  expect(() => withOtherUri(both)).toThrow('not alone');
});
