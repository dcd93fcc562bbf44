/** The table in the comment of schedule.ts: its rows without the rule, the head first; cells without the blanks. */
export function scheduleTable(): string[][];
