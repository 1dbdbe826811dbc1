import { InputFormatError } from "../../format/trace_format_error.ts";

/** A point in time. A number cannot hold ns since 1970 exactly. */
export interface TimeStamp {
  /** Day since 1970. */
  readonly day: number;
  /** ns within that day; below 0 or above a day's where a zone moves it there. */
  readonly ns: number;
  /** Whether the time is stated in a zone. */
  readonly zoned: boolean;
}

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?: ?(Z|UTC)| ?([+-])(\d\d)(?::?(\d\d))?)?$/;

/**
 * Reads a time such as `2023-11-16 18:17:03.9799600` or `2024-05-11T00:00:01+00:00`.
 *
 * @throws InputFormatError unless it is a time of that form, on a date that exists
 */
export function parseTimeStamp(cell: string, column: string, line: number, file?: string): TimeStamp {
  const match = PATTERN.exec(cell.trim());
  if (match === null) {
    throw new InputFormatError(
      { file, line },
      `${column} must be like 2023-11-16 18:17:03.9799600 or 2024-05-11 00:00:01+00:00, got "${cell.slice(0, 60)}"`,
    );
  }
  const [year, month, date, hours, minutes, seconds] = match.slice(1, 7).map(Number);
  const [, , , , , , , fraction = "", utc, sign, zoneHours = "0", zoneMinutes = "0"] = match;
  const midnight = new Date(Date.UTC(year, month - 1, date));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== date) {
    throw new InputFormatError({ file, line }, `${column} must be a date that exists, got "${cell}"`);
  }
  if (hours > 23 || minutes > 59 || seconds > 59 || Number(zoneHours) > 14 || Number(zoneMinutes) > 59) {
    const allowed = "00:00:00 to 23:59:59, zones to 14:00";
    throw new InputFormatError({ file, line }, `${column} must be a time of day, ${allowed}, got "${cell}"`);
  }
  const zone = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  return {
    day: Math.floor(midnight.getTime() / 86_400_000),
    ns: ((hours * 60 + minutes - zone) * 60 + seconds) * 1e9 + Math.round(Number(`0${fraction}`) * 1e9),
    zoned: utc !== undefined || sign !== undefined,
  };
}
