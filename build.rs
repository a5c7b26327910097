//! Rule files are embedded: a change in them is a change of the program.

fn main() {
    println!("cargo:rerun-if-changed=rules");
}
