import { statusOf } from '../../../nodes/Hailuo/providers/answers';
import type { JobStatus } from '../../../nodes/Hailuo/providers/types';

const words: Record<string, JobStatus> = { done: 'completed', waiting: 'queued' };

test.each([
	['done', 'completed'],
	['DONE', 'completed'],
	[' Waiting ', 'queued'],
	['unheard of', 'running'],
	// What every object has is no status: a job would end with it.
	['constructor', 'running'],
	['__proto__', 'running'],
	['', 'running'],
	[undefined, 'running'],
	[{}, 'running'],
	[7, 'running'],
])('the word %p stands for %s', (word, status) => {
	expect(statusOf(words, word)).toBe(status);
});
