/** A console under load, in full: 1 GB that no client reads, 64 MB each way, hang-ups without end. */
import { describeConsoleUnderLoad } from '../container/console-load';

describeConsoleUnderLoad({
  flood: 110_000_000,
  burst: 10_000_000,
  transfer: 64 * 2 ** 20,
  watch: 2000,
  reopen: 500,
});
