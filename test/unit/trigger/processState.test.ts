import { JobWatch, PATIENCE_TRIGGER } from '../../../nodes/Hailuo/jobs/unknownJob';
import { shouldReport } from '../../../nodes/Hailuo/trigger/report';
import {
	forgetClosed,
	processStateOf,
	newProcessState,
} from '../../../nodes/Hailuo/trigger/processState';
import { newWatch } from '../../../nodes/Hailuo/trigger/savedState';

test('the state of a node is kept while it polls; above the maximum, the oldest is dropped', () => {
	const polling = processStateOf('polls on');
	const gone = processStateOf('gone');
	for (let node = 0; node < 1_500; node++) {
		processStateOf(`node ${node}`);
		expect(processStateOf('polls on')).toBe(polling);
	}
	expect(processStateOf('gone')).not.toBe(gone);
	expect(processStateOf('node 1499')).toBe(processStateOf('node 1499'));
});

test('a lasting problem is reported at once, after 1 h, 2 h, 4 h …, then daily, and at each activation', () => {
	const memory = newProcessState();
	const activation = {};
	const told: number[] = [];
	for (let hour = 0; hour <= 96; hour++) {
		for (const minute of [0, 30, 59]) {
			if (shouldReport(memory, activation, (hour * 60 + minute) * 60_000)) told.push(hour);
		}
	}
	expect(told).toEqual([0, 1, 3, 7, 15, 31, 55, 79]);
	expect(shouldReport(memory, {}, 97 * 3_600_000)).toBe(true);
	expect(shouldReport(memory, {}, 97 * 3_600_000)).toBe(true);
});

test('nothing is kept about a job that is no longer open', () => {
	const memory = newProcessState();
	const watch = newWatch('a', 'mark', 0);
	watch.open.set('open', 0);
	for (const jobId of ['open', 'closed']) {
		for (const kept of [memory.checkedAt, memory.downloads]) kept.set(jobId, 1);
		memory.missing.set(jobId, new JobWatch({ jobId, patience: PATIENCE_TRIGGER }));
		memory.unanswered.add(jobId);
	}
	forgetClosed(memory, watch);
	const { checkedAt, downloads, missing, unanswered } = memory;
	for (const kept of [checkedAt, downloads, missing, unanswered]) {
		expect([...kept.keys()]).toEqual(['open']);
	}
});
