/**
 * What conda's packages are called in Python's index, where that is another name, and which are no Python packages at
 * all. Names of conda-forge; what stands in neither table has the same name in both.
 */
export function pypiName(name: string): string | undefined {
  if (isNoPython(name)) return undefined;
  return other[name] ?? name;
}

/** What gives the same on Debian, where that is known. */
export function debianName(name: string): string | undefined {
  return debian[name];
}

function isNoPython(name: string): boolean {
  return (
    name in debian ||
    noPython.has(name) ||
    /^(?:_|r-|lib(?!rosa$|sass$|tmux$|clang$)|perl-|gxx|gcc_|font-)/.test(name)
  );
}

const other: Readonly<Record<string, string>> = {
  "matplotlib-base": "matplotlib",
  "seaborn-base": "seaborn",
  "dask-core": "dask",
  "numpy-base": "numpy",
  "pandas-base": "pandas",
  "pint-xarray": "pint-xarray",
  "xarray-datatree": "xarray-datatree",
  jupyterlab_server: "jupyterlab-server",
  jupyter_client: "jupyter-client",
  jupyter_core: "jupyter-core",
  pytorch: "torch",
  "pytorch-cpu": "torch",
  "pytorch-gpu": "torch",
  "tensorflow-base": "tensorflow",
  opencv: "opencv-python-headless",
  "py-opencv": "opencv-python-headless",
  "py-xgboost": "xgboost",
  pytables: "tables",
  "msgpack-python": "msgpack",
  "python-graphviz": "graphviz",
  "python-dateutil": "python-dateutil",
  "python-duckdb": "duckdb",
  "python-eccodes": "eccodes",
  brotlipy: "brotlipy",
  importlib_metadata: "importlib-metadata",
  prompt_toolkit: "prompt-toolkit",
  "pybind11-abi": "pybind11",
  ruamel_yaml: "ruamel-yaml",
  "sentencepiece-python": "sentencepiece",
  fonttools: "fonttools",
  "geopandas-base": "geopandas",
  "ibis-framework-core": "ibis-framework",
  "plotly-orca": "kaleido",
  psycopg2: "psycopg2-binary",
  pyqt: "PyQt5",
  "qtconsole-base": "qtconsole",
  "snakemake-minimal": "snakemake",
  "spacy-model-en_core_web_sm": "en-core-web-sm",
  typing_extensions: "typing-extensions",
  "voila-base": "voila",
};

const debian: Readonly<Record<string, string>> = {
  gcc: "gcc",
  gxx: "g++",
  "c-compiler": "gcc",
  "cxx-compiler": "g++",
  "fortran-compiler": "gfortran",
  compilers: "build-essential",
  make: "make",
  git: "git",
  "git-lfs": "git-lfs",
  graphviz: "graphviz",
  ffmpeg: "ffmpeg",
  imagemagick: "imagemagick",
  nodejs: "nodejs",
  openjdk: "default-jre-headless",
  octave: "octave",
  gnuplot: "gnuplot",
  pandoc: "pandoc",
  "r-base": "r-base-core",
  tectonic: "texlive-latex-base",
  "texlive-core": "texlive-latex-base",
  wget: "wget",
  curl: "curl",
  unzip: "unzip",
  tesseract: "tesseract-ocr",
  poppler: "poppler-utils",
  parallel: "parallel",
  sqlite: "sqlite3",
  postgresql: "postgresql-client",
  hdf5: "hdf5-tools",
  proj: "proj-bin",
};

const noPython = new Set([
  "blas",
  "bzip2",
  "ca-certificates",
  "conda",
  "cudatoolkit",
  "cuda-version",
  "fftw",
  "geos",
  "gsl",
  "julia",
  "krb5",
  "ld_impl_linux-64",
  "llvm-openmp",
  "mamba",
  "mpi",
  "mpich",
  "ncurses",
  "nomkl",
  "openblas",
  "openmpi",
  "openssl",
  "pytorch-cuda",
  "pytorch-mutex",
  "python_abi",
  "readline",
  "tk",
  "xz",
  "yaml",
  "zlib",
]);
