// The linter's rules for the views' JavaScript: what is used exists, what exists is used, names mean one thing.

const browser = ["document", "window", "location", "history", "getComputedStyle", "requestAnimationFrame", "cancelAnimationFrame",
  "setTimeout", "clearTimeout", "performance", "ResizeObserver", "OffscreenCanvas", "ImageData", "Path2D", "Blob", "Response",
  "DecompressionStream", "TextDecoder", "AbortController", "URLSearchParams", "MessageChannel"];

export default [{
  files: ["**/*.js"],
  languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
  linterOptions: { reportUnusedDisableDirectives: "error" },
  rules: {
    "no-undef": "error", "no-unused-vars": ["error", { args: "after-used" }], "no-redeclare": "error", "no-dupe-keys": "error",
    "no-shadow-restricted-names": "error", "no-const-assign": "error", "no-import-assign": "error", "no-extend-native": "error",
    "no-unreachable": "error", "no-self-assign": "error", "no-fallthrough": "error", "no-dupe-class-members": "error",
    "no-dupe-args": "error", "no-duplicate-imports": "error", "no-loss-of-precision": "error", "valid-typeof": "error",
    "use-isnan": "error", eqeqeq: "error", "prefer-const": "error", "no-var": "error", "no-implied-eval": "error", "no-eval": "error",
    "no-restricted-syntax": ["error", { selector: "MemberExpression[property.name='prototype']", message: "no patched prototypes" }],
  },
}];
