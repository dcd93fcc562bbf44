'use strict';

const { deliver } = require('./outgoing');

/** The task object of the legacy API, in all the forms seen (docs/providers.md B.2, F.10). */

const WORDS = { created: 'in_progress', processing: 'in_progress' };
/** The other vocabulary, of the CLI page on doc.vtrix.ai. */
const ALT_WORDS = { created: 'pending', processing: 'processing' };

/**
 * @param {import('./simulator').Simulator} sim
 * @param {import('./jobs').Job} job
 */
function task(sim, job) {
	const alt = job.outcome.vocab === 'alt';
	const running = ['created', 'processing'].includes(job.status);
	const word = (alt ? ALT_WORDS : WORDS)[job.status] ?? job.status;
	return {
		...(alt ? { task_id: job.id } : { id: job.id }),
		status: running ? sim.engine.runningWord(job, word) : word,
		...(running && { progress: sim.engine.progress(job) }),
		created_at: Math.floor(sim.clock.wall(job.created) / 1000),
		model: job.model,
		...(job.status === 'completed' && finished(sim, job, alt)),
		...(job.error && { error: errorForm(job) }),
	};
}

function finished(sim, job, alt) {
	const seconds = (stamp) => Math.floor(sim.clock.wall(stamp) / 1000);
	const content = job.outcome.emptyOutputs
		? []
		: [
				{
					type: alt ? 'video_url' : 'video',
					url: sim.videos.url(job),
					jobId: job.id,
					duration: job.input.duration ?? 6,
				},
			];
	return {
		progress: 1,
		output: [{ content }],
		usage: { cost: costForm(job), discount: 1 },
		metadata: {
			completed_at: seconds(job.finished),
			in_queue_at: seconds(job.created),
			upload_at: seconds(job.finished),
		},
	};
}

function costForm(job) {
	if (job.outcome.cost === 'empty') return ''; // seen 2026-08-17
	return job.outcome.cost === 'number' ? job.cost : String(job.cost);
}

function errorForm(job) {
	const { code, message } = job.error;
	switch (job.outcome.error) {
		case 'string':
			return message;
		case 'object2':
			return { code, message };
		case 'zeropad': // as the table of codes writes them
			return { code: String(code).padStart(9, '0'), error_message: message };
		default:
			return { code, error_message: message };
	}
}

/** callback_url: what is sent is documented nowhere (B.5); the query's own shape is invented. */
function watchCallbacks(sim) {
	sim.on('finished', (job) => {
		if (job.provider !== 'vtrix' || !job.callback) return;
		void (async () => {
			if (sim.options.callbackDelay) await sim.clock.sleep(sim.options.callbackDelay);
			const body = JSON.stringify(task(sim, job));
			await deliver(sim, { provider: 'vtrix', jobId: job.id, url: job.callback, body });
		})();
	});
}

module.exports = { task, watchCallbacks };
