/**
 * Gives each test the time that jest.config.js sets for its project: Jest itself knows one limit for all. A limit only tells a test
 * that hangs from one that takes its time, and that depends on what else the machine does: so it is as patient as `eventually`, which
 * would otherwise be cut off, and say less. Machines of test:vm are as slow as their projects' limits say.
 */
import { patience, slowness } from './eventually';

declare const testSeconds: number;

jest.setTimeout(testSeconds * 1000 * (slowness > 1 ? 1 : patience));
