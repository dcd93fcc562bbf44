import { httpError } from '../../../nodes/Hailuo/providers/errors';
import { parseTruncated } from '../../../nodes/Hailuo/providers/truncatedJson';
import { miniMax } from '../../../nodes/Hailuo/providers/miniMax/api';
import { ofApi } from '../../../nodes/Hailuo/providers/types';
import { lacksVideo, type HttpClient } from '../../../nodes/Hailuo/providers/types';
import { vtrix } from '../../../nodes/Hailuo/providers/vtrix/api';
import { waveSpeed } from '../../../nodes/Hailuo/providers/waveSpeed/api';
import { errorOf } from '../jobs/support';

/* How the providers read answers about jobs. */

/** Answers every request with the same. */
const answering = (body: unknown, status = 200): HttpClient => ({
	request: async () => ({ status, headers: {}, body }),
	clockOffsetMs: () => 0,
	knowsTime: () => true,
});

/** Without it, V2 is called first. */
const miniMaxV1 = ofApi(miniMax, 'main');

const OURS = 'a'.repeat(32);
const VIDEO = 'https://cdn.example.com/v.mp4';
const submission = { model: 'm', input: {} };
const task = (more: object) => ({ code: 200, data: { id: OURS, ...more } });
const waveSpeedTask = async (more: object) => await waveSpeed.get(answering(task(more)), OURS);

test.each([
	['WaveSpeed', waveSpeed, OURS, task({ id: 'b'.repeat(32), status: 'completed' })],
	['Vtrix', vtrix, 'd758n65e878c73cmdg20', { id: 'd758n65e878c73cmdg21', status: 'failed' }],
	['MiniMax', miniMaxV1, '1069161122', { task_id: '1069161123', status: 'Success', file_id: '1' }],
])('%s: the status of another job is not accepted', async (_, provider, jobId, body) => {
	expect(await errorOf(provider.get(answering(body), jobId))).toMatchObject({
		kind: 'badAnswer',
		message: expect.stringMatching(`returned a different job instead of ${jobId}$`),
	});
});

test.each([
	['an id in capitals', waveSpeed, OURS.toUpperCase(), task({ status: 'processing' })],
	['an id of whoever makes the video', vtrix, 'd758n65e878c73cmdg20', { id: '1069161122' }],
	['no id', vtrix, 'd758n65e878c73cmdg20', { status: 'in_progress' }],
])('%s is not another job', async (_, provider, jobId, body) => {
	const { jobId: told, status } = await provider.get(answering(body), jobId);
	expect([told.toLowerCase(), status]).toEqual([jobId.toLowerCase(), 'running']);
});

test.each([
	['WaveSpeed, HTTP 504', waveSpeed, task({}), 504, OURS],
	['WaveSpeed, a code under HTTP 200', waveSpeed, { ...task({}), code: 5004 }, 200, OURS],
	['WaveSpeed, cut off', waveSpeed, JSON.stringify(task({ model: 'x' })).slice(0, 70), 200, OURS],
	[
		'MiniMax, an inner fault',
		miniMax,
		{ task_id: '1069161122', base_resp: { status_code: 1033 } },
		200,
		'1069161122',
	],
	['MiniMax, cut off', miniMax, '{"task_id":"1069161122","base_re', 200, '1069161122'],
	['Vtrix, HTTP 502', vtrix, { id: 'd758n65e878c73cmdg20' }, 502, 'd758n65e878c73cmdg20'],
	['WaveSpeed, a poisoned time', waveSpeed, task({ created_at: { toString: null } }), 200, OURS],
	['Vtrix, cut off', vtrix, '{"id":"d758n65e878c73cmdg20","stat', 200, 'd758n65e878c73cmdg20'],
])(
	'a submit whose answer contains a job ID made the job: %s',
	async (_, provider, body, status, jobId) => {
		const job = await provider.submit(answering(body, status), submission);
		expect(job).toMatchObject({ jobId, model: 'm' });
		expect(['queued', 'running']).toContain(job.status);
	},
);

test.each([
	['WaveSpeed, an id that is none', waveSpeed, { ...task({}), code: 400, data: { id: '7' } }],
	['MiniMax, an empty id', miniMax, { task_id: '', base_resp: { status_code: 1026 } }],
	['MiniMax, an id that is none', miniMax, { task_id: '0', base_resp: { status_code: 1026 } }],
])('a refusal is still a refusal: %s', async (_, provider, body) => {
	const error = await errorOf(provider.submit(answering(body), submission));
	expect(error).toMatchObject({ kind: 'invalid' });
});

const QUEUED = { ...submission, api: 'queue' as const };

test.each([
	['WaveSpeed', waveSpeed, submission, { code: 200, data: { status: 'created' } }],
	['WaveSpeed, a text', waveSpeed, submission, 'OK'],
	['Vtrix', vtrix, submission, { status: 'in_progress' }],
	['Vtrix, a text', vtrix, submission, 'OK'],
	["SeaArt's queue", vtrix, QUEUED, { status: 'IN_QUEUE' }],
	['MiniMax', miniMax, submission, { base_resp: { status_code: 0 } }],
	['MiniMax, a text', miniMax, submission, 'OK'],
])('a success without a job ID proves nothing: %s', async (_, provider, asked, body) => {
	expect(await errorOf(provider.submit(answering(body), asked))).toMatchObject({
		kind: 'badAnswer',
	});
});

test.each([
	['WaveSpeed', waveSpeed, OURS],
	['Vtrix', vtrix, 'd758n65e878c73cmdg20'],
	["SeaArt's queue", vtrix, 'm:1'],
	['MiniMax', miniMax, '1069161122'],
])('%s: a web page or nothing instead of a status is not an answer', async (_, provider, jobId) => {
	for (const body of ['<html>', null]) {
		expect(await errorOf(provider.get(answering(body), jobId))).toMatchObject({
			kind: 'badAnswer',
		});
	}
});

test.each([
	[503, 'unavailable'],
	[499, 'unavailable'],
	[429, 'rateLimited'],
	[401, 'auth'],
	// Not about a job: the model does not exist, or there is no queue at this address.
	[404, 'invalid'],
])("a submit to SeaArt's queue that is answered with %p is %s", async (status, kind) => {
	const error = await errorOf(vtrix.submit(answering({}, status), QUEUED));
	expect(error).toMatchObject({ kind, status });
});

test.each([
	[403, { message: 'insufficient balance' }, 'credit'],
	[429, { message: 'no credit left' }, 'credit'],
	[400, { status: { error_code: 40201 } }, 'credit'],
	[403, { status: { error_code: 40208 } }, 'credit'],
	[403, { status: { error_code: 40200 } }, 'auth'],
	[403, { status: { error_code: 40209 } }, 'auth'],
	[403, {}, 'auth'],
	[429, {}, 'rateLimited'],
	[200, { status: { code: 400, error_code: 40203 } }, 'credit'],
	[200, { status: { code: 429 } }, 'rateLimited'],
	[200, { status: { code: 500 } }, 'unavailable'],
	// An answer that proves nothing still proves nothing, whatever it says.
	[502, { message: 'balance service is down' }, 'unavailable'],
])('Vtrix: HTTP %p with %j is %s', async (status, body, kind) => {
	expect(await errorOf(vtrix.submit(answering(body, status), submission))).toMatchObject({ kind });
});

test.each([
	[{ status: 'IN_PROGRESS' }, 'running', []],
	[{ outputs: [{ content: [{ type: 'video', url: VIDEO }] }] }, 'completed', [VIDEO]],
	[{ output: { type: 'video', url: VIDEO } }, 'completed', [VIDEO]],
	[{ outputs: [], status: 'IN_PROGRESS' }, 'failed', []],
	[{ status: 'COMPLETED' }, 'failed', []],
])("SeaArt's queue: completed, and the result is %j", async (result, status, videos) => {
	const http: HttpClient = {
		...answering({}),
		request: async ({ path }) => ({
			...{ status: 200, headers: {} },
			body: path.endsWith('/response')
				? result
				: { status: 'COMPLETED', metrics: { inference_time: 1.5 } },
		}),
	};
	const job = await vtrix.get(http, 'm:1');
	expect(job).toMatchObject({ status, videos });
	expect(job.inferenceMs).toBe(status === 'running' ? undefined : 1_500);
});

test('MiniMax: for a job without a file, no file is requested', async () => {
	const http: HttpClient = {
		...answering({}),
		request: async ({ path }) =>
			path.includes('/files/')
				? { status: 400, headers: {}, body: {} }
				: { status: 200, headers: {}, body: { status: 'Success' } },
	};
	expect(lacksVideo(await miniMaxV1.get(http, '1069161122'))).toBe(true);
});

test('MiniMax: a job that did not succeed and says no more', async () => {
	const job = await miniMaxV1.get(answering({ status: 'Fail' }), '1069161122');
	expect(job.error).toEqual({ message: "The job ended with the status 'Fail'", retryable: false });
});

test.each([
	[{ error: 'broken', error_type: 'INFERENCE_FAILURE' }, 'INFERENCE_FAILURE', 'broken', true],
	[{ error: { code: 'UNSAFE', message: 'no' } }, 'UNSAFE', 'no', false],
	[{ error_type: 'UNSAFE' }, 'UNSAFE', 'no reason given', false],
])("SeaArt's queue: completed with %j is not a success", async (told, code, message, retryable) => {
	const job = await vtrix.get(answering({ status: 'COMPLETED', ...told }), 'm:1');
	expect(job).toMatchObject({ status: 'failed', error: { code, message, retryable } });
});

test('Vtrix: a job has a progress while it is running, and only then', async () => {
	const progress = async (status: string) =>
		(await vtrix.get(answering({ status, progress: 40 }), 'd758n65e878c73cmdg20')).progress;
	expect(await progress('in_progress')).toBe(40);
	expect(await progress('failed')).toBeUndefined();
});

test.each([
	['{"id":"a","b":', '{"id":"a"}'],
	[
		'{"code":200,"data":{"id":"a","list":[1,2,{"x":"y',
		'{"code":200,"data":{"id":"a","list":[1,2]}}',
	],
	['{"a":"x, \\"y\\", z","b":1', '{"a":"x, \\"y\\", z"}'],
	['{"id":"a","said":"one, two', '{"id":"a"}'],
	['{"id":"a","said":"[{","b":1', '{"id":"a","said":"[{"}'],
	['{"id":"a', undefined],
	['<html>, <b>', undefined],
	['', undefined],
])('the readable part of %p is %p', (cut, left) => {
	expect(parseTruncated(cut)).toEqual(left === undefined ? cut : JSON.parse(left));
});

test.each([
	['one text', VIDEO],
	['one object', { url: VIDEO }],
	['a list of both', [VIDEO, { url: VIDEO }, 'ftp://x/y', null]],
])('WaveSpeed: outputs as %s', async (_, outputs) => {
	const job = await waveSpeedTask({ status: 'completed', outputs });
	expect(job).toMatchObject({ status: 'completed', videoUrl: VIDEO });
});

test.each([
	['WaveSpeed', waveSpeed, OURS, task({ status: 'completed', outputs: null })],
	['Vtrix', vtrix, 'd758n65e878c73cmdg20', { status: 'completed', output: [] }],
	['MiniMax', miniMaxV1, '1069161122', { status: 'Success' }],
])('%s: completed without a video is an error of its own', async (_, provider, jobId, body) => {
	const job = await provider.get(answering(body), jobId);
	expect(job.status).toBe('failed');
	expect(lacksVideo(job)).toBe(true);
});

test('WaveSpeed: an error is reported in short, with its code, wherever the answer has it', async () => {
	const failed = async (more: object) => (await waveSpeedTask({ status: 'failed', ...more })).error;
	expect(await failed({ error: 'x'.repeat(9_000) })).toMatchObject({
		message: `${'x'.repeat(500)}…`,
	});
	expect(await failed({ error: '<html>502</html>' })).toMatchObject({
		message: "The job ended with the status 'failed'",
	});
	expect(await failed({ error: { code: 5003, message: 'down' } })).toEqual({
		code: '5003',
		message: 'down',
		retryable: true,
	});
});

test.each([
	['010004095', '010004095', true],
	[10004099, '010004099', true],
	['010004094', '010004094', false],
	[10004100, '10004100', false],
	['1200', '1200', false],
])('Vtrix: the code %p of a job that did not succeed', async (given, code, retryable) => {
	const body = {
		id: 'd758n65e878c73cmdg20',
		status: 'failed',
		error: { code: given, message: 'x' },
	};
	const { error } = await vtrix.get(answering(body), body.id);
	expect(error).toEqual({ code, message: 'x', retryable });
});

test('the provider’s own code follows its message, unless it is the HTTP status', () => {
	const message = (body: unknown) => httpError('X', { status: 400, headers: {}, body }).message;
	expect(message({ message: 'no', error_code: 'bad_size' })).toBe(
		'X answered HTTP 400: no [bad_size]',
	);
	expect(message({ message: 'no', error_code: 400 })).toBe('X answered HTTP 400: no');
	expect(message({})).toBe('X answered HTTP 400');
});

test.each([
	[{ items: null }, false],
	[{ items: [], total: 0 }, false],
	[{ total: 0 }, false],
	[{ items: [{ id: OURS }], total: 1 }, false],
	[{ items: [{ id: OURS }, { id: 'b' }], total: 3 }, true],
	[{ items: [{ id: OURS }, { id: 'b' }], total: 0 }, true],
	[{ items: [{ id: OURS }, { id: 'b' }], total: 6 }, true],
	[{ items: [{ id: OURS }, { id: 'b' }] }, true],
	[{ items: [{ id: OURS }] }, false],
])('WaveSpeed: the history %j has a further page: %p', async (data, more) => {
	const page = await waveSpeed.list!(answering({ code: 200, data }), { page: 1, pageSize: 2 });
	expect(page.more).toBe(more);
});

test.each([{}, { total: 2 }, { predictions: [] }, 'text', []])(
	'WaveSpeed: %j is no empty history',
	async (data) => {
		const read = waveSpeed.list!(answering({ code: 200, data }), { page: 1, pageSize: 2 });
		expect(await errorOf(read)).toMatchObject({ kind: 'badAnswer' });
	},
);

test.each(['2026-01-02T03:04:05.678', '2026-01-02 03:04:05.678', '2026-01-02T03:04:05.678Z'])(
	'the time %s is one of UTC',
	async (time) => {
		const { createdAt } = await waveSpeedTask({ created_at: time });
		expect(createdAt).toBe('2026-01-02T03:04:05.678Z');
	},
);

test('WaveSpeed: a job of the history without a time does not count as new', async () => {
	const http = answering({ code: 200, data: { items: [{ id: OURS }] } });
	const { jobs } = await waveSpeed.list!(http, { page: 1, pageSize: 100 });
	expect(jobs).toMatchObject([{ jobId: OURS, createdAt: '' }]);
});

test.each([
	[303, 'badAnswer'],
	[301, 'invalid'],
	[302, 'invalid'],
	[307, 'invalid'],
	[304, 'invalid'],
	[400, 'invalid'],
	[409, 'invalid'],
	[413, 'invalid'],
	[408, 'unavailable'],
	[425, 'unavailable'],
	[460, 'unavailable'],
	[499, 'unavailable'],
	[500, 'unavailable'],
	[520, 'unavailable'],
	[429, 'rateLimited'],
])('HTTP %i is %s', (status, kind) => {
	expect(httpError('X', { status, headers: {}, body: '' }).kind).toBe(kind);
});

test('a request that is too large says what to do', () => {
	const { hint } = httpError('X', { status: 413, headers: {}, body: '' });
	expect(hint).toMatch(/as a URL, or make it smaller/);
});

test('a refusal of a megabyte is shortened', () => {
	const body = { message: 'y'.repeat(1_000_000) };
	expect(httpError('X', { status: 400, headers: {}, body }).message.length).toBeLessThan(600);
});

test("MiniMax: a code about a job's content, without a status, does not tell anybody to submit again", async () => {
	const body = { base_resp: { status_code: 1026, status_msg: 'input sensitive' }, status: '' };
	const error = await errorOf(miniMaxV1.get(answering(body), '359690885259366'));
	expect(error).toMatchObject({
		message: expect.stringContaining('input sensitive'),
		hint: expect.stringMatching(/does not say whether the job has ended. Check it with Job: Get/),
	});
});

const NO_MODEL = { code: 400, message: 'Model not found.' };
const NO_CREDIT = { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } };

test.each([
	['WaveSpeed', waveSpeed, 400, NO_MODEL],
	['WaveSpeed, under HTTP 200', waveSpeed, 200, NO_MODEL],
	['WaveSpeed, a limit', waveSpeed, 429, '<html>'],
	['Vtrix', vtrix, 403, { error: 'insufficient balance' }],
	['Vtrix, under HTTP 200', vtrix, 200, { status: { code: 402, error_code: 40201 } }],
	['MiniMax', miniMax, 200, NO_CREDIT],
	['MiniMax, another status', miniMax, 402, NO_CREDIT],
])(
	'a refusal of the API itself proves that nothing was taken: %s',
	async (_, provider, status, body) => {
		const error = await errorOf(provider.submit(answering(body, status), submission));
		expect(error).toMatchObject({ provesRefusal: true });
	},
);

test.each(
	['WaveSpeed', 'Vtrix', 'MiniMax'].flatMap((name, index) => {
		const provider = [waveSpeed, vtrix, miniMax][index];
		return [
			[name, provider, 301, ''],
			[name, provider, 302, NO_MODEL],
			[name, provider, 307, NO_CREDIT],
			[name, provider, 400, '<html>400 Bad Request</html>'],
			[name, provider, 401, ''],
			[name, provider, 403, '<html>blocked</html>'],
			[name, provider, 404, 'default backend - 404'],
			[name, provider, 405, {}],
			[name, provider, 409, { code: 409, message: 'conflict', base_resp: { status_code: 0 } }],
			[name, provider, 413, '<html>'],
			[name, provider, 500, { code: 500, message: 'inner', base_resp: { status_code: 1000 } }],
			[name, provider, 504, '<html>'],
		] as const;
	}),
)(
	'%#: an answer that may come from a gateway proves nothing: %s %j',
	async (_, provider, status, body) => {
		const error = await errorOf(provider.submit(answering(body, status), submission));
		expect(error).toMatchObject({ provesRefusal: false });
	},
);

test('a callback is refused before anything is sent, because the queue cannot make it', async () => {
	const asked = { ...QUEUED, webhookUrl: 'https://example.com' };
	const error = await errorOf(vtrix.submit(answering({}), asked));
	expect(error).toMatchObject({ provesRefusal: true });
});

test('the id of a refusal is not a job ID', async () => {
	const body = { id: 'd758n65e878c73cmdg20', error: 'no' };
	expect(await errorOf(vtrix.submit(answering(body, 400), submission))).toMatchObject({
		provesRefusal: true,
	});
});

test('one malformed entry of the history does not affect the others', async () => {
	const items = [
		{ id: OURS, created_at: { toString: null }, status: { valueOf: null }, outputs: { url: {} } },
		{ id: { toString: null } },
		{ id: 'b'.repeat(32), created_at: '2026-01-01T00:00:00Z' },
	];
	const page = await waveSpeed.list!(answering({ code: 200, data: { items } }), {
		page: 1,
		pageSize: 100,
	});
	expect(page.jobs.map(({ jobId, createdAt }) => [jobId[0], createdAt])).toEqual([
		['a', ''],
		['b', '2026-01-01T00:00:00.000Z'],
	]);
});
