/** The table of procedures: each number once, and every number of the protocol's release accounted for. */
import * as fc from 'fast-check';
import { XdrReader } from '../../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../../lib/rpc/xdr/writer';
import { absentNumbers, absentProcedure } from '../../../../lib/rpc/protocol/absent/absent';
import { notices } from '../../../../lib/rpc/protocol/events';
import { remoteTables } from '../../../support/clients/remote-procedures';

const served = remoteTables.flatMap((table) => Object.entries(table));
const numbers = served.map(([, { number }]) => number);

/** As many has the protocol of libvirt 11.3. */
const last = 453;

/** SASL, which is for other sockets than these. */
const authentication = [67, 68, 69];

test('each procedure has a number of its own', () => {
  const told = Object.values(notices).map(({ number }) => number);
  const all = [...numbers, ...absentNumbers(), ...told];
  expect(new Set(all).size).toBe(all.length);
});

test('what is in no table is an event that containers do not have, or authentication', () => {
  const known = new Set([...numbers, ...absentNumbers(), ...authentication]);
  const told = Object.values(notices).map(({ number }) => number);
  const rest = Array.from({ length: last }, (_, index) => index + 1).filter(
    (number) => !known.has(number) && !told.includes(number),
  );
  const otherEvents = [
    ...[170, 171, 172, 173, 195, 224, 241, 248, 268, 269, 270, 276, 292],
    ...[320, 321, 322, 323, 324, 325, 326, 327, 328, 329, 330, 331, 332, 339, 346, 348],
    ...[359, 362, 363, 367, 370, 373, 376, 377, 382, 383, 385, 423, 438, 453],
  ];
  expect(rest).toEqual(otherEvents);
});

test('one that is not served has a name, an access and an origin', () => {
  expect(absentProcedure(55)).toEqual({ name: 'DomainSave', access: 'write', origin: 'domain' });
  expect(absentProcedure(187)).toEqual({
    name: 'DomainSnapshotNum',
    access: 'read',
    origin: 'snapshot',
  });
});

test('names are those of libvirt’s entry points', () => {
  const known = /^(Auth|Connect|Node|Domain|Network|Interface|NWFilter|Secret|Storage)[A-Z]/;
  expect(served.filter(([name]) => !known.test(name))).toEqual([]);
});

test.each(served)(
  '%s takes its arguments from bytes, or refuses them, whatever they are',
  (...[, procedure]) => {
    const { arguments: codec } = procedure;
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: codec.least, maxLength: codec.least + 64 }),
        (bytes) => {
          const reader = new XdrReader(Buffer.from(bytes));
          let value: unknown;
          try {
            value = codec.read(reader);
          } catch (error) {
            expect(error).toMatchObject({ code: 'PROTOCOL_ERROR' });
            return;
          }
          const writer = new XdrWriter();
          codec.write(writer, value);
          const written = writer.finish();
          expect(written.length).toBeLessThanOrEqual(bytes.length);
          expect(codec.read(new XdrReader(written))).toEqual(value);
        },
      ),
      { numRuns: 30 },
    );
  },
);
