/** The progress of a pull: a line that is updated on a terminal, separate lines otherwise, or JSON for programs. */
import { isatty } from 'node:tty';
import type { ImageInfo, PullProgress } from '../../index';
import type { Context } from '../shell/command';
import { printDataLine } from './data';
import type { Output } from './output';

export const progressStyles = ['line', 'log', 'json', 'none'] as const;

export interface PullReport {
  tell(progress: PullProgress): void;
  /** Reports that the image is complete. */
  end(image: ImageInfo): void;
  /** Removes the progress line from the terminal. */
  close(): void;
}

const stderr = 2;
/** Bytes between two lines of the style `log`. */
const logStep = 16 * 1024 * 1024;

/** `asked`: the requested style; undefined for the default. */
export function pullReport(context: Context, asked: string | undefined): PullReport {
  const style = progressStyles.find((known) => known === asked);
  const usual = context.output.verbosity === 'quiet' ? 'none' : isatty(stderr) ? 'line' : 'log';
  switch (style ?? usual) {
    case 'line':
      return lineReport(context);
    case 'log':
      return logReport(context);
    case 'json':
      return jsonReport(context.output);
    case 'none':
      return { ...logReport(context), tell: () => undefined };
  }
}

/** One JSON object per line. Control characters in texts of an image are escaped. */
export function jsonReport(output: Output): PullReport {
  return {
    tell: (progress) => printDataLine(output, progress),
    end: (image) => printDataLine(output, { image }),
    close: () => undefined,
  };
}

function logReport({ output }: Context): PullReport {
  let last = '';
  return {
    tell(progress): void {
      const { phase, layers, bytes } = progress;
      const step = [phase, layers, Math.floor(bytes / logStep)].join(' ');
      if (step === last) return;
      last = step;
      output.note(describeProgress(progress));
    },
    end: ({ name, digest }) => output.extra(`Image '${name}' pulled: ${digest}`),
    close: () => undefined,
  };
}

function lineReport(context: Context): PullReport {
  const stream = context.terminal.errors();
  const clear = '\r\x1b[K';
  let isShown = false;
  const close = (): void => {
    if (isShown) stream.write(clear);
    isShown = false;
  };
  return {
    tell(progress): void {
      stream.write(clear + describeProgress(progress));
      isShown = true;
    },
    end(image): void {
      close();
      logReport(context).end(image);
    },
    close,
  };
}

/** One line without a newline. */
export function describeProgress(progress: PullProgress): string {
  const { phase, layers, allLayers, bytes, allBytes } = progress;
  const ofLayers = `${layers} of ${allLayers} layers`;
  switch (phase) {
    case 'look':
      return allLayers === 0 ? 'looking the image up' : `found ${allLayers} layers`;
    case 'download':
      return `copying: ${megabytes(bytes)}${allBytes === 0 ? '' : ` of ${megabytes(allBytes)}`}`;
    case 'unpack':
      return `unpacking: ${ofLayers}`;
    case 'done':
      return `done: ${ofLayers}`;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
