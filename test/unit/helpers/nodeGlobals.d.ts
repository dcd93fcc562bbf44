export const idle: () => Promise<void>;
export const numberFromEnv: (name: string, otherwise: number) => number;
export const printLine: (line: string) => void;
export const cpuTimeMs: () => number;
