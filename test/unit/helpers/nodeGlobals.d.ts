export const idle: () => Promise<void>;
export const numberFromEnv: (name: string, otherwise: number) => number;
