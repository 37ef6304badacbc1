// Builds dist/report.html: one file that holds its script and its style, and that asks the network
// for nothing. The Content-Security-Policy names the script and the style by their hashes, so that
// nothing else runs, not even what someone might smuggle into the report's data.
import { createHash } from "node:crypto";
import { defineConfig } from "vite";

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function oneFile() {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName.endsWith(".html"));
      const code = files
        .filter((file) => file.type === "chunk")
        .map((file) => file.code.trim().replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--"))
        .join("\n");
      const style = files
        .filter((file) => file.fileName.endsWith(".css"))
        .map((file) => file.source.trim())
        .join("\n");
      const policy = [
        "default-src 'none'", `script-src ${hash(code)}`, `style-src ${hash(style)}`,
        "img-src data:", "base-uri 'none'", "form-action 'none'",
      ].join("; ");
      page.source = page.source
        .replace(/\s*<script[^>]*src=[^>]*><\/script>/g, "")
        .replace(/\s*<link[^>]*rel="stylesheet"[^>]*>/g, "")
        .replace("%POLICY%", () => policy)
        .replace("</head>", () => `  <style>${style}</style>\n</head>`)
        .replace("</body>", () => `  <script type="module">${code}</script>\n</body>`);
      page.fileName = "report.html";
      for (const [name, file] of Object.entries(bundle)) {
        if (file !== page) delete bundle[name];
      }
    },
  };
}

export default defineConfig({
  plugins: [oneFile()],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2020",
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: { input: "report.html" },
  },
});
