// Values as people read them.
import type { Unit, Value } from "./types";

export const count = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString("en-US")
    : value.toLocaleString("en-US", { maximumSignificantDigits: 3 });

export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
  let size = Math.abs(value);
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; ++unit) size /= 1024;
  const digits = size < 10 && unit > 0 ? 1 : 0;
  return `${value < 0 ? "−" : ""}${size.toFixed(digits)} ${units[unit]}`;
}

export function seconds(value: number): string {
  if (value < 0.001) return `${count(value * 1e6)} µs`;
  if (value < 1) return `${count(value * 1000)} ms`;
  if (value < 120) return `${count(Math.round(value * 10) / 10)} s`;
  if (value < 7200) return `${Math.round(value / 60)} min`;
  if (value < 172800) return `${Math.round(value / 3600)} h`;
  return `${count(Math.round(value / 86400))} days`;
}

export function time(value: string | number): string {
  const date = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) return String(value);
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function show(value: Value, unit: Unit = "text"): string {
  if (value === null) return "not known";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (unit === "time") return time(value);
  if (typeof value === "string") return value === "" ? "–" : value;
  switch (unit) {
    case "bytes": return bytes(value);
    case "seconds": return seconds(value);
    case "percent": return `${count(Math.round(value * 1000) / 10)} %`;
    default: return count(value);
  }
}

// "1 finding", "5 findings".
export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// A note as a sentence, whether it came as one or not.
export const sentence = (text: string): string =>
  text === "" ? "" : capital(/[.!?]$/.test(text) ? text : `${text}.`);

// An evidence key or a rule's name as words: "last_value" -> "last value".
export const words = (name: string): string => name.replace(/[_-]+/g, " ");

const risks = ["", "none to speak of", "may fail or block for a moment", "plan it"];
const efforts = ["", "run it", "run it in a quiet hour", "the application changes too"];
const levels = ["", "low", "medium", "high"];
export const risk = (level: number): string => risks[level] ?? "";
export const effort = (level: number): string => efforts[level] ?? "";
export const level = (value: number): string => levels[value] ?? "";
