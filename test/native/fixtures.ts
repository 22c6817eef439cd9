/** What TypeScript says to C++: plans and frames for the programs of this folder to read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFrame } from '../../lib/container/monitor/frames';
import { messages } from '../../lib/container/monitor/messages';
import type { Message, MessageField, MessageName } from '../../lib/container/monitor/messages';
import { encodePlan } from '../../lib/plan/encode';
import { accessChoices, automountChoices, depthChoices, missingChoices, operationFields } from '../../lib/plan/operation';
import { headerFields } from '../../lib/plan/plan';
import type { FieldType, Operation } from '../../lib/plan/operation';
import type { Plan, PlanHeader } from '../../lib/plan/plan';

const texts = ['', '/dev/pts', 'ümläut → ∞', 'a\0b', 'x'.repeat(300)];
const numbers = [0, 1, 255, 256, 0x01020304, 0x7fffffff, 0x80000000, 0xffffffff];

/** Gives each field a value of its own, so that no two can be taken for each other. */
class Values {
  #next = 0;
  #opened = 0;

  fields(types: Readonly<Record<string, FieldType | MessageField>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, this.#value(type)]));
  }

  #value(type: FieldType | MessageField): unknown {
    this.#next += 1;
    switch (type) {
      case 'opens':
        return `tree${this.#opened++}`;
      case 'handle':
        return `tree${this.#next % this.#opened}`;
      case 'handles':
        return [0, 1].map((more) => `tree${(this.#next + more) % this.#opened}`);
      case 'string':
        return `${this.#pick(texts)}${this.#next}`;
      case 'strings':
        return texts.slice(this.#next % texts.length).map((text) => `${text}${this.#next}`);
      case 'u8':
        return this.#next % 256;
      case 'u32':
        return this.#pick(numbers);
      case 'u64':
        return 0xfedcba9876543210n - BigInt(this.#next);
      case 'u32s':
        return numbers.slice(this.#next % numbers.length);
      case 'rest':
        return Buffer.from([...Array(256).keys()]);
      case 'depth':
        return this.#pick(depthChoices);
      case 'missing':
        return this.#pick(missingChoices);
      case 'automount':
        return this.#pick(automountChoices);
      case 'access':
        return this.#pick(accessChoices);
    }
  }

  #pick<T>(list: readonly T[]): T {
    const item = list[this.#next % list.length];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

function everyOperation(values: Values): Operation[] {
  return Object.entries(operationFields).map(
    ([op, fields]) => ({ op, ...values.fields(fields) }) as unknown as Operation,
  );
}

function plan(lists: (values: Values) => Omit<Plan, 'header'>): Plan {
  const values = new Values();
  const header = values.fields(headerFields) as unknown as PlanHeader;
  return { header, ...lists(values) };
}

function everyMessage(): Message[] {
  const values = new Values();
  const names = Object.keys(messages) as MessageName[];
  return names.map(
    (message) => ({ message, ...values.fields(messages[message].fields) }) as unknown as Message,
  );
}

export function writeFixtures(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const smallest = plan(() => ({ outside: [], mapped: [], again: [], inside: [{ op: 'pivotRoot' }] }));
  const oneList = plan((values) => ({
    outside: [{ op: 'pivotRoot' }],
    mapped: [{ op: 'pivotRoot' }],
    again: [{ op: 'pivotRoot' }],
    inside: everyOperation(values),
  }));
  const every = plan((values) => ({
    outside: everyOperation(values),
    mapped: everyOperation(values),
    again: everyOperation(values),
    inside: everyOperation(values),
  }));
  writeFileSync(join(folder, 'smallest.plan'), encodePlan(smallest));
  writeFileSync(join(folder, 'one-list.plan'), encodePlan(oneList));
  writeFileSync(join(folder, 'every-operation.plan'), encodePlan(every));
  writeFileSync(
    join(folder, 'operations'),
    every.inside.map(({ op }) => `${op}\n`).join(''),
  );
  writeFileSync(join(folder, 'frames'), Buffer.concat(everyMessage().map(encodeFrame)));
}
