'use strict';

const channels = require('node:diagnostics_channel');
const { load } = require('./load');
const { clock } = load('nodes/Hailuo/n8n/clock');
const { VirtualClock } = require('../simulator/virtualClock');
const { requireOfCore } = require('../jest/nodeRequire');

// Through which n8n's HTTP helper sends.
const axios = requireOfCore('axios');

/**
 * Makes the node use the simulator's time, and n8n too: its timers, its pause between two tries and its limits for an
 * answer. Time passes only when the whole process waits for it: see ../simulator/virtualClock.js.
 *
 * @param {{ clock: object }} sim started with the option `time: 'virtual'`
 * @returns {() => void} restores the real time
 */
function followTime(sim) {
	if (!(sim.clock instanceof VirtualClock))
		throw new Error("The simulator's time must be 'virtual'");
	return followVirtual(sim.clock);
}

/** @param {VirtualClock} virtual @returns {() => void} restores the real time */
function followVirtual(virtual) {
	const { now } = clock;
	const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
	const cancel = (real) => (timer) => (timer instanceof Timer ? timer.close() : real(timer));
	clock.now = () => virtual.now();
	// The node sleeps through n8n's `sleep`, which is a setTimeout.
	Object.assign(globalThis, {
		setTimeout: (fn, ms, ...args) => new Timer(virtual, ms, () => fn(...args)),
		clearTimeout: cancel(clearTimeout),
		setInterval: (fn, ms, ...args) => new Timer(virtual, ms, () => fn(...args), true),
		clearInterval: cancel(clearInterval),
	});
	const follow = (/** @type {any} */ { socket }) => limitInVirtualTime(virtual, socket);
	channels.subscribe('net.client.socket', follow);
	return () => {
		channels.unsubscribe('net.client.socket', follow);
		Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
		clock.now = now;
	};
}

/** What `setTimeout` and `setInterval` return, in virtual time. */
class Timer {
	/** @param {VirtualClock} virtual @param {unknown} ms @param {() => void} fn @param {boolean} [repeats] */
	constructor(virtual, ms, fn, repeats = false) {
		this.virtual = virtual;
		this.ms = Math.max(1, Number(ms) || 0);
		this.fn = fn;
		this.repeats = repeats;
		this.refresh();
	}

	refresh() {
		this.close();
		const fire = () => {
			if (this.repeats) this.refresh();
			this.fn();
		};
		this.cancel = this.virtual.after(this.ms, fire, Timer);
		return this;
	}

	close() {
		this.cancel?.();
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}

	hasRef() {
		return true;
	}
}

/** A socket's time limit, which starts again with every byte. It is imitated: Node's own timers cannot be replaced. */
function limitInVirtualTime(virtual, socket) {
	let limit;
	socket.setTimeout = (ms, callback) => {
		limit?.close();
		limit = ms > 0 ? new Timer(virtual, ms, () => socket.emit('timeout')) : undefined;
		socket.timeout = ms;
		if (callback && ms > 0) socket.once('timeout', callback);
		else if (callback) socket.off('timeout', callback);
		return socket;
	};
	socket._unrefTimer = () => limit?.refresh();
	socket.once('close', () => limit?.close());
}

/** Sends requests for one host to another, for a node with a fixed address of its provider. @returns {() => void} */
function redirectHost(from, to) {
	const moved = axios.interceptors.request.use((config) => {
		if (config.url?.startsWith(from)) config.url = to + config.url.slice(from.length);
		return config;
	});
	return () => axios.interceptors.request.eject(moved);
}

module.exports = { clock, followTime, followVirtual, redirectHost, VirtualClock };
