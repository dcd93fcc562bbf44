'use strict';

/**
 * A handler does not write to the socket: it returns an Answer, so that the fault layer can hold it
 * back, cut it or swap it *after* the job behind it was made. That is what a lost answer is.
 *
 * @typedef {{
 *   status: number,
 *   headers?: Record<string, string>,
 *   json?: unknown,
 *   rawJson?: string,
 *   buffer?: Buffer,
 *   type?: string,
 *   source?: import('./videoSource').Source,
 *   range?: { start: number, end: number },
 * }} Answer
 */

/** @param {unknown} json @param {number} [status] @param {Record<string,string>} [headers] @returns {Answer & { headers: Record<string, string> }} */
function json(json, status = 200, headers = {}) {
	return { status, json, headers };
}

/** @param {string} text @param {string} type @param {number} status @returns {Answer} */
function text(text, type = 'text/plain', status = 200) {
	return { status, buffer: Buffer.from(text), type };
}

/** @param {Answer} answer @returns {Buffer | undefined} the body where it is not a stream */
function bodyOf(answer) {
	if (answer.rawJson !== undefined) return Buffer.from(answer.rawJson);
	if (answer.json !== undefined) return Buffer.from(JSON.stringify(answer.json));
	return answer.buffer ?? (answer.source ? undefined : Buffer.alloc(0));
}

/**
 * @typedef {import('./clock').SimulatorClock} Clock
 * @typedef {{ cutAfterBytes?: number, hangAfterBytes?: number, noLength?: boolean, headOnly?: boolean,
 *   line?: { bytesPerMs: number, clock: Clock } }} How  `line`: a slow one; per simulated ms of its clock
 */

/**
 * Writes an answer.
 * @param {import('node:http').ServerResponse} res
 * @param {Answer} answer
 * @param {How} [how]
 */
async function write(res, answer, how = {}) {
	const body = bodyOf(answer) ?? Buffer.alloc(0);
	const start = answer.range?.start ?? 0;
	const length = answer.source
		? (answer.range ? answer.range.end + 1 : answer.source.length) - start
		: body.length;
	const isJson = answer.json !== undefined || answer.rawJson !== undefined;
	const headers = { ...answer.headers };
	const type = answer.type ?? (isJson ? 'application/json' : undefined);
	if (type && !headers['content-type']) headers['content-type'] = type;
	if (!how.noLength && answer.status !== 204 && headers['content-length'] === undefined) {
		headers['content-length'] = String(length);
	}
	res.writeHead(answer.status, headers);
	if (how.headOnly) return void res.end();
	res.flushHeaders();
	const chunks = answer.source ? answer.source.chunks(start) : [body];
	let sent = 0;
	for (const whole of chunks) {
		let chunk = whole.subarray(0, Math.max(0, length - sent));
		const stop = how.cutAfterBytes ?? how.hangAfterBytes;
		if (stop !== undefined) chunk = chunk.subarray(0, Math.max(0, stop - sent));
		for (const piece of slices(chunk, how.line)) {
			if (res.destroyed) return;
			sent += piece.length;
			if (!res.write(piece) && !(await drained(res))) return;
			if (how.line) await pause(how.line.clock, piece.length / how.line.bytesPerMs, res);
		}
		if (stop !== undefined && sent >= stop) {
			if (how.cutAfterBytes !== undefined) res.destroy();
			return; // hangAfterBytes: left open until the client goes or the simulator stops
		}
		if (sent >= length) break;
	}
	res.end();
}

/**
 * Slow lines get small pieces, so that a download grows evenly instead of in jumps.
 * @param {Buffer} chunk @param {How['line']} line @returns {Buffer[]}
 */
function slices(chunk, line) {
	if (!line) return chunk.length ? [chunk] : [];
	const timeScale = 'timeScale' in line.clock ? line.clock.timeScale : 1;
	// Ten real ms, where there are any: a timer of less than one would be too long.
	const step = Math.max(1, Math.ceil(line.bytesPerMs * 10 * timeScale));
	const out = [];
	for (let i = 0; i < chunk.length; i += step) out.push(chunk.subarray(i, i + step));
	return out;
}

/** @returns {Promise<boolean>} false when the client went away */
function drained(res) {
	return new Promise((resolve) => {
		const done = (value) => () => {
			res.off('drain', onDrain).off('close', onClose);
			resolve(value);
		};
		const onDrain = done(true);
		const onClose = done(false);
		res.on('drain', onDrain).on('close', onClose);
	});
}

function pause(clock, ms, res) {
	return new Promise((resolve) => {
		const end = () => {
			cancel();
			res.off('close', end);
			resolve(undefined);
		};
		const cancel = clock.after(ms, end);
		res.on('close', end);
	});
}

module.exports = { json, text, bodyOf, write };
