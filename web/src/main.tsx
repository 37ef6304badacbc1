import { render } from "preact";
import { App } from "./app";
import { readPage } from "./data";
import "./style.css";
import "./diagram.css";
import "./print.css";

const root = document.getElementById("app");
const page = readPage(document.getElementById("report")?.textContent ?? "");
if (root && page) {
  document.title = `Architrave: ${page.source.name}`;
  render(<App page={page} />, root);
} else if (root) {
  render(<main class="empty">This page holds no report.</main>, root);
}
