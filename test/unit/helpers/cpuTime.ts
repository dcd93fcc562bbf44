/** What this process has used of the processor, in ms: what else the machine has to do does not count. */
export function cpuTimeMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
