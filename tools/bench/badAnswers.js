'use strict';

const fc = require('fast-check');
const { anyText } = require('./anyText');

/*
 * Answers that no document describes: other shapes, other types, errors that repeat the key that was sent.
 */

/** Which of an item's calls gets the answer. */
const KINDS = {
	waveSpeed: ['submit', 'status', 'download'],
	vtrix: ['submit', 'status', 'download'],
	miniMax: ['submit', 'status', 'fileRetrieve', 'download'],
};

const STATUSES = [
	200, 200, 200, 201, 204, 301, 302, 400, 401, 402, 403, 404, 409, 410, 413, 418, 422, 429, 500,
	502, 503, 504, 520,
];

/** Names of fields in the providers' answers. */
const NAMES = [
	'id',
	'task_id',
	'request_id',
	'file_id',
	'status',
	'data',
	'code',
	'message',
	'error',
	'error_code',
	'error_message',
	'detail',
	'errors',
	'outputs',
	'output',
	'content',
	'url',
	'urls',
	'type',
	'model',
	'created_at',
	'timings',
	'usage',
	'cost',
	'progress',
	'metadata',
	'file',
	'download_url',
	'has_nsfw_contents',
	'base_resp',
	'status_code',
	'status_msg',
	'__proto__',
	'constructor',
];

/** @param {string} key */
function json(key) {
	const echo = fc.constantFrom(
		`invalid key: ${key}`,
		`Authorization: Bearer ${key}`,
		`https://example.com/v?key=${encodeURIComponent(key)}`,
		`https://example.com/${key}.mp4`,
	);
	const word = fc.constantFrom(
		'completed',
		'failed',
		'Success',
		'Fail',
		'success',
		'created',
		'constructor',
		'__proto__',
		'toString',
		'in_progress',
		'unheard',
		'',
		'null',
		'COMPLETED',
	);
	const leaf = fc.oneof(
		echo,
		word,
		anyText(30),
		fc.constantFrom(
			0,
			1,
			-1,
			200,
			429,
			1002,
			1200,
			5003,
			1e300,
			2 ** 60,
			true,
			false,
			null,
			'2026-13-99',
			'x'.repeat(5_000),
		),
		fc.constantFrom(
			'https://example.com/a.mp4',
			'ftp://x/y',
			'javascript:alert(1)',
			'http://',
			'file:///etc/passwd',
		),
	);
	return fc.letrec((tie) => ({
		node: fc.oneof(
			{ maxDepth: 3 },
			leaf,
			fc.dictionary(fc.constantFrom(...NAMES), tie('node'), { maxKeys: 5 }),
			fc.array(tie('node'), { maxLength: 3 }),
		),
	})).node;
}

/** JSON that spells a text with an escape for each letter, as the letters of a key are never written. */
const escaped = (words) =>
	`"${[...words].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

/** Bodies that are sent unchanged: escapes, incomplete ones, and one that is larger than any answer. */
function rawBody(key) {
	const name = fc.constantFrom('message', 'error', 'detail', 'id', 'task_id', 'status');
	const value = fc.constantFrom(escaped(`invalid key: ${key}`), escaped(key), JSON.stringify(key));
	const whole = fc
		.tuple(name, value)
		.map(([n, v]) => `{"code":400,"${n}":${v},"data":{"${n}":${v}}}`);
	const cut = fc
		.tuple(whole, fc.double({ min: 0.2, max: 0.95, noNaN: true }))
		.map(([body, share]) => body.slice(0, Math.floor(body.length * share)));
	return fc.oneof(
		{ weight: 6, arbitrary: whole },
		{ weight: 4, arbitrary: cut },
		{ weight: 1, arbitrary: fc.constant(HUGE) },
	);
}

/** Stands for a body of 17 MB, which nobody wants to read in a message. */
const HUGE = 'huge';
const HUGE_BYTES = 17_000_000;

/** @returns {{ kind: string, times: number, fault: object }} */
function drawAnswer(gen, provider, key) {
	const status = gen(() => fc.constantFrom(...STATUSES));
	const body = gen(() =>
		fc.oneof(
			{ weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), json(key), { maxKeys: 6 }) },
			{ weight: 2, arbitrary: json(key) },
			{ weight: 2, arbitrary: rawBody(key) },
			{
				weight: 1,
				arbitrary: fc.constantFrom('', '{', '[]', 'null', '<html>', `key ${key}`, '\u0000', '"'),
			},
		),
	);
	const headers = gen(() =>
		fc.constantFrom(
			{},
			{},
			{},
			{ 'retry-after': '1' },
			{ 'retry-after': '-5' },
			{ 'retry-after': 'soon' },
			{ 'retry-after': '1e9' },
			{ 'retry-after': 'Wed, 21 Oct 2065 07:28:00 GMT' },
			{ date: 'garbage' },
			{ date: 'Wed, 21 Oct 2065 07:28:00 GMT' },
			{ 'content-type': 'text/plain' },
			{ location: 'https://example.com/?k=1' },
		),
	);
	const made = gen(fc.nat, 2);
	const answer = { status, body, headers };
	// Before the request is handled, instead of its answer, or with it.
	const fault =
		made === 0 ? answer : made === 1 ? { afterAccept: answer } : { ...answer, accept: true };
	return {
		kind: gen(() => fc.constantFrom(...KINDS[provider])),
		times: gen(() => fc.constantFrom(1, 1, 2, 3, Infinity)),
		fault,
	};
}

/** Sets the answer for the item whose prompt ends in `#<number>.` */
function setAnswer(sim, { kind, times, fault }, number) {
	const mark = `#${number}.`;
	const match = (req) => {
		if (kind === 'submit') return req.raw.includes(`${mark}"`);
		const id = req.jobId ?? /\/([^/]+)\.mp4/.exec(req.path)?.[1];
		return Boolean(sim.jobs.get(id)?.prompt.endsWith(` ${mark}`));
	};
	sim.fail({ kind, match, times, fault: inFull(fault) });
}

function inFull(fault) {
	const answer = fault.afterAccept ?? fault;
	if (answer.body !== HUGE) return fault;
	const full = { ...answer, body: `{"message":"${'x'.repeat(HUGE_BYTES)}"}` };
	return fault.afterAccept ? { afterAccept: full } : full;
}

module.exports = { drawAnswer, setAnswer };
