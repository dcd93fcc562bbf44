import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { paidJobsOf } from '../../../nodes/Hailuo/actions/video/paidJobs';
import { cpuTimeMs } from '../helpers/nodeGlobals';

/** What n8n keeps for a node over the runs and tries of an execution. */
function execution() {
	const node: IDataObject = {};
	return (executionId: string, $runIndex = 0) =>
		paidJobsOf({
			getContext: () => node,
			getExecutionId: () => executionId,
			getWorkflowDataProxy: () => ({ $runIndex }),
		} as unknown as IExecuteFunctions);
}

const paid = (count: number, jobs: ReturnType<ReturnType<typeof execution>>) => {
	for (let item = 0; item < count; item++) {
		jobs.remember(item, `print-${item}`, { jobId: `job-${item}`, sentAt: item });
	}
};

describe('what a failed run stored', () => {
	it('is complete for the retry, however many items it had', () => {
		const of = execution();
		paid(5_000, of('1'));
		const again = of('2');
		for (let item = 0; item < 5_000; item++) {
			expect(again.find(item, `print-${item}`)).toMatchObject({ jobId: `job-${item}` });
		}
		expect(again.all()).toHaveLength(5_000);
	});

	it('is dropped, run by run, when later runs have stored enough', () => {
		const of = execution();
		for (let run = 0; run < 10; run++) {
			const jobs = of('1', run);
			for (let item = 0; item < 300; item++) {
				jobs.remember(item, `${run}/${item}`, { jobId: `job-${run}-${item}`, sentAt: run });
			}
		}
		const last = of('1', 10);
		const left = Array.from({ length: 10 }, (_, run) => last.find(run, `${run}/${run}`)?.jobId);
		expect(left.filter((jobId) => jobId !== undefined)).toEqual([
			'job-6-6',
			'job-7-7',
			'job-8-8',
			'job-9-9',
		]);
	});

	it('is found once, by its item and request, but not during its own run', async () => {
		const of = execution();
		const first = of('1');
		paid(2, first);
		await first.during(async () => {
			expect(of('2').find(0, 'print-0')).toBeUndefined();
		});
		const again = of('2');
		expect(again.find(0, 'print-1')).toBeUndefined();
		expect(again.find(0, 'print-0')).toMatchObject({ jobId: 'job-0', sameRun: false });
		expect(of('3').find(1, 'print-1')).toMatchObject({ jobId: 'job-1' });
		expect(of('4').find(1, 'print-0')).toBeUndefined();
	});

	it('is dropped after it was delivered', () => {
		const of = execution();
		const first = of('1');
		paid(2, first);
		first.markDelivered([0]);
		const again = of('1', 1);
		expect(again.find(0, 'print-0')).toBeUndefined();
		expect(again.find(1, 'print-1')).toBeDefined();
	});
});

it('takes the same time per item with ten thousand items as with a hundred', () => {
	const perItem = (count: number) => {
		const of = execution();
		paid(count, of('1'));
		const jobs = of('1', 1);
		const began = cpuTimeMs();
		for (let item = 0; item < count; item++) {
			jobs.find(item, `other-${item}`);
			jobs.remember(item, `other-${item}`, { sentAt: item });
		}
		return (cpuTimeMs() - began) / count;
	};
	perItem(1_000);
	// When it was quadratic, it took 16 ms per item with ten thousand items.
	expect(perItem(10_000)).toBeLessThan(0.5);
});
