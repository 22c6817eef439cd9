/**
 * The fuzzer of the XML parsers, as scripts/fuzz/xml-fuzzer.js starts it: the settings are its argument. The search is done by
 * a worker thread; this one notices when a text takes too long.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Search, type Figures, type Settings } from './search';
import { fewTexts, shortenFinding } from './shorten';
import { dismissTar } from './tar-oracle';
import { Finding, nameOf, type Announce } from './trial';

type Task = Settings & {
  /** The folder for a text that breaks a promise. */
  readonly artifacts: string;
} & (
    | { readonly task: 'search'; readonly seconds: number }
    | {
        readonly task: 'minimize';
        readonly known: string;
        readonly into: string;
        readonly leastGain: number;
      }
  );

/** Seconds that one text may take. */
const mostSeconds = 20;
/** What libFuzzer exits with when it has found something. */
const found = 77;

/** The text that is being tried, where both threads see it: how many have been, its length in bytes, its bytes. */
class Current {
  readonly shared: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #encoder = new TextEncoder();

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#numbers = new Int32Array(shared, 0, 2);
    this.#bytes = new Uint8Array(shared, 8);
  }

  static ofLength(longest: number): Current {
    return new Current(new SharedArrayBuffer(8 + 4 * longest));
  }

  set(text: string): void {
    const { written } = this.#encoder.encodeInto(text, this.#bytes);
    Atomics.store(this.#numbers, 1, written);
    Atomics.add(this.#numbers, 0, 1);
  }

  get count(): number {
    return Atomics.load(this.#numbers, 0);
  }

  get text(): string {
    return Buffer.from(this.#bytes.slice(0, Atomics.load(this.#numbers, 1))).toString();
  }
}

interface WorkerData {
  readonly task: Task;
  readonly shared: SharedArrayBuffer;
}

/** What the worker says at its end. */
interface Result {
  readonly figures: Figures;
  readonly finding?: { readonly text: string; readonly why: string };
}

function work({ task, shared }: WorkerData): Result {
  const current = new Current(shared);
  const announce = (text: string): void => current.set(text);
  const search = new Search(task, announce);
  try {
    if (task.task === 'search') search.run(task.seconds);
    else minimize(task, announce);
    return { figures: search.figures() };
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    const figures = search.figures();
    const text = shortenFinding(task.subject, error, announce);
    return { figures, finding: { text, why: error.message } };
  } finally {
    dismissTar();
  }
}

function minimize(task: Task & { readonly task: 'minimize' }, announce: Announce): void {
  for (const text of fewTexts(task, task.known, announce)) {
    writeFileSync(join(task.into, nameOf(text)), text);
  }
}

function keep({ artifacts }: Task, kind: string, text: string): void {
  writeFileSync(join(artifacts, `${kind}-${nameOf(text)}`), text);
}

/** Starts the worker, and waits for its result, or for a text that takes too long. */
function watch(task: Task): void {
  // Texts of the folders may be longer than those that are made.
  const current = Current.ofLength(16 * task.longest);
  const data: WorkerData = { task, shared: current.shared };
  const worker = new Worker(__filename, { workerData: data });
  let [count, still] = [0, 0];
  const timer = setInterval(() => {
    still = current.count === count ? still + 1 : 0;
    count = current.count;
    if (still < mostSeconds) return;
    keep(task, 'timeout', current.text);
    process.stdout.write(`a text took more than ${mostSeconds} s:\n${current.text}\n`);
    process.exit(found);
  }, 1000);
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('message', ({ figures, finding }: Result) => {
    clearInterval(timer);
    process.stdout.write(`figures ${JSON.stringify(figures)}\n`);
    if (finding === undefined) return;
    keep(task, 'crash', finding.text);
    process.stdout.write(`${finding.why}\n${finding.text}\n`);
    process.exitCode = found;
  });
}

if (isMainThread) watch(JSON.parse(process.argv[2] ?? '') as Task);
else parentPort?.postMessage(work(workerData as WorkerData));
